/**
 * `<dw-redact picture type>`: what nobody should see is covered before a picture leaves the device. Fills the window as a
 * modal dialog. Fires `done` (detail: the new picture as a Blob, or null where nothing was changed or it was left).
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "../emit.ts";
import { t as common } from "../i18n.ts";
import "../icon.ts";
import { controls } from "../styles.ts";
import { changed, redone, undone, UNTOUCHED, type History } from "./history.ts";
import "./icons.ts";
import { flattened } from "./paint.ts";
import { ZOOM, type Changed, type Stage, type Tool } from "./stage.ts";
import { editorStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

const TOOLS: readonly Tool[] = ["blackout", "blur", "arrow", "crop", "hand"];

export class Redact extends LitElement {
  static override properties = {
    picture: { attribute: false },
    type: {},
    history: { state: true },
    tool: { state: true },
    chosen: { state: true },
    asking: { state: true },
    working: { state: true },
    failed: { state: true },
  };
  /** null: this browser cannot read it. */
  declare picture: ImageBitmap | null;
  /** Media type of the file that was chosen. */
  declare type: string;
  declare private history: History;
  declare private tool: Tool;
  declare private chosen: string | null;
  /** Whether to discard the changes. */
  declare private asking: boolean;
  declare private working: boolean;
  declare private failed: boolean;

  static override styles = [controls, editorStyles];

  #over = false;

  constructor() {
    super();
    texts.follow(this);
    this.picture = null;
    this.type = "";
    this.history = UNTOUCHED;
    this.tool = "blackout";
    this.chosen = null;
    this.asking = this.working = this.failed = false;
  }

  override firstUpdated(): void {
    this.#dialog?.showModal();
    this.#stage?.focus();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  get #stage(): Stage | null {
    return this.renderRoot.querySelector("dw-redact-stage");
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.#leave} @close=${() => this.#finish(null)} @keydown=${this.#key}>
      <div class="bar top">${this.asking ? this.#question() : this.#top()}</div>
      ${this.picture
        ? html`<dw-redact-stage
              .picture=${this.picture}
              .marks=${this.history.now}
              .tool=${this.tool}
              .chosen=${this.chosen}
              @marks=${({ detail }: CustomEvent<Changed>) => this.#step(changed(this.history, detail.marks, detail.by))}
              @choose=${({ detail }: CustomEvent<string | null>) => (this.chosen = detail)}
            ></dw-redact-stage>
            <div class="bar bottom">${this.#tools()}</div>`
        : html`<p class="unreadable">${t("redact.unreadable")}</p>`}
    </dialog>`;
  }

  #top() {
    return html`<button @click=${this.#leave}>${common("dialog.cancel")}</button>
      <h2 id="heading">${t("redact.heading")}</h2>
      ${this.picture
        ? html`<button class="primary" ?disabled=${this.working} @click=${() => void this.#done()}>
            ${t(this.working ? "redact.working" : "redact.done")}
          </button>`
        : nothing}
      ${this.failed ? html`<p class="problem" role="alert">${t("redact.failed")}</p>` : nothing}`;
  }

  #question() {
    return html`<h2 id="heading">${t("redact.question")}</h2>
      <button class="danger" @click=${() => this.#finish(null)}>${t("redact.discard")}</button>
      <button class="primary keep" @click=${this.#stay}>${t("redact.keep")}</button>`;
  }

  #tools() {
    const { past, future, now } = this.history;
    return html`<p class="hint">${t(`redact.hint_${this.tool}`)} ${t("redact.promise")}</p>
      <div class="group tools" role="group" aria-label=${t("redact.tools")}>
        ${TOOLS.map(
          (tool) => html`<button class="bare" aria-pressed=${tool === this.tool} title=${t(`redact.${tool}`)} aria-label=${t(`redact.${tool}`)} @click=${() => (this.tool = tool)}>
            <dw-icon name=${tool}></dw-icon><span>${t(`redact.${tool}`)}</span>
          </button>`,
        )}
      </div>
      <div class="group" role="group" aria-label=${t("redact.steps")}>
        ${this.#action("undo", past.length > 0, () => this.#step(undone(this.history)))}
        ${this.#action("redo", future.length > 0, () => this.#step(redone(this.history)))}
        ${this.#action("reset", now.length > 0, () => this.#step(changed(this.history, [])))}
        ${this.#action("delete", this.chosen !== null, () => this.#stage?.removeMark(), "trash")}
        ${this.#action("smaller", true, () => this.#stage?.zoom(1 / ZOOM))}
        ${this.#action("larger", true, () => this.#stage?.zoom(ZOOM))}
      </div>`;
  }

  #action(name: "undo" | "redo" | "reset" | "delete" | "smaller" | "larger", possible: boolean, act: () => void, icon: string = name) {
    const label = t(`redact.${name}`);
    return html`<button class="bare icon" aria-label=${label} title=${label} ?disabled=${!possible} @click=${act}>
      <dw-icon name=${icon}></dw-icon>
    </button>`;
  }

  #step(history: History): void {
    this.history = history;
    this.failed = false;
    if (!history.now.some(({ id }) => id === this.chosen)) this.chosen = null;
  }

  #key(event: KeyboardEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === "y" || (key === "z" && event.shiftKey)) this.#step(redone(this.history));
    else if (key === "z") this.#step(undone(this.history));
    else return;
    event.preventDefault();
  }

  /** Escape, or Cancel: what was drawn is not thrown away by one press. */
  readonly #leave = (event: Event): void => {
    event.preventDefault();
    if (this.history.now.length === 0) this.#finish(null);
    else this.#ask();
  };

  async #ask(): Promise<void> {
    this.asking = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".keep")?.focus();
  }

  async #stay(): Promise<void> {
    this.asking = false;
    await this.updateComplete;
    this.#stage?.focus();
  }

  async #done(): Promise<void> {
    const { picture, history } = this;
    if (!picture || history.now.length === 0) return this.#finish(null);
    this.working = true;
    try {
      this.#finish(await flattened(picture, history.now, this.type));
    } catch (error) {
      // out of memory for another canvas: the marks stay, and the sentence says what to do
      console.warn("Deskwire:", error);
      this.failed = true;
    } finally {
      this.working = false;
    }
  }

  /** The dialog is closed first: the browser then gives the focus back to where it was. */
  #finish(result: Blob | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#dialog?.close();
    emit(this, "done", result);
  }
}

customElements.define("dw-redact", Redact);

declare global {
  interface HTMLElementTagNameMap {
    "dw-redact": Redact;
  }
}
