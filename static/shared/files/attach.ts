/**
 * `<dw-attach place>`: sending files into one ticket: the panel where they are chosen, the cloth on which they are dropped,
 * the cards of what is on its way. Fires `use-phone` when the picture is to be taken with another device.
 *
 * It also answers the cards of files in the transcript beside it, which ask with `file-place` where they are.
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "../emit.ts";
import { errorText } from "../error-text.ts";
import { addIcons } from "../icon.ts";
import { t as common } from "../i18n.ts";
import { late } from "../late.ts";
import { Refusal, Unreachable } from "../refusal.ts";
import { forget, recall, remember } from "../storage.ts";
import { controls } from "../styles.ts";
import { attachStyles, faceStyles } from "./attach-styles.ts";
import type { Placed } from "./bytes.ts";
import { chooseFiles } from "./chooser.ts";
import { Dragging } from "./dragging.ts";
import { Faces } from "./faces.ts";
import type { Wanted } from "./file-card.ts";
import type { Item } from "./items.ts";
import { pastedName, renamed } from "./names.ts";
import { takeOriginal } from "./originals.ts";
import { panel, type Way } from "./panel.ts";
import { uploadsOf } from "./places.ts";
import { t, texts } from "./texts.ts";
import { tray } from "./tray.ts";
import { Uploads } from "./uploads.ts";
import type { Owner } from "./wire.ts";

const LOOK_FIRST = "files.look";

addIcons({
  camera: "M4 8h4l1.5-3h5L16 8h4v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  picture: "M4 5h16v14H4zm0 11 5-5 4 4 2.5-2.5L20 17M15 9.5v.01",
});

export class Attach extends LitElement {
  static override properties = {
    owner: { attribute: false },
    place: {},
    closed: { attribute: false },
    open: { state: true },
    problem: { state: true },
  };
  declare owner: Owner;
  /** The ticket's path in the API. */
  declare place: string;
  /** Why nothing may be sent from here now, in words; empty where it may. */
  declare closed: () => string;
  declare private open: boolean;
  declare private problem: string | null;

  static override styles = [controls, faceStyles, attachStyles];

  #uploads: Uploads | null = null;
  #beside: HTMLElement | null = null;
  #opener: HTMLElement | null = null;
  readonly #dragging = new Dragging(this);
  readonly #faces = new Faces();
  /** To be edited as soon as it is ready. */
  #next: File | null = null;

  constructor() {
    super();
    texts.follow(this);
    this.place = "";
    this.closed = () => "";
    this.open = false;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#beside = (this.getRootNode() as ShadowRoot).host as HTMLElement;
    this.#beside.addEventListener("file-place", this.#placed);
    this.#beside.addEventListener("file-original", this.#wanted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#beside?.removeEventListener("file-place", this.#placed);
    this.#beside?.removeEventListener("file-original", this.#wanted);
    this.#shut();
    this.#enter(null);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!this.#uploads || changed.has("place") || changed.has("owner")) this.#enter(uploadsOf(this.owner, this.place));
    if (changed.has("place")) this.#shut();
    const { items } = this.#uploads as Uploads;
    this.#faces.keep(items.list.flatMap(({ client_id, picture }) => (picture ? (items.parts(client_id)?.blob ?? []) : [])));
  }

  override updated(): void {
    const { items } = this.#uploads as Uploads;
    const next = this.#next && items.list.find(({ state, client_id }) => state === "ready" && items.parts(client_id)?.file === this.#next);
    if (!next) return;
    this.#next = null;
    void this.#edit(next);
  }

  #enter(uploads: Uploads | null): void {
    if (this.#uploads) this.#uploads.items.onchange = () => undefined;
    this.#uploads = uploads;
    if (uploads) uploads.items.onchange = () => this.requestUpdate();
  }

  // --- ways in -------------------------------------------------------------------------------------------------------

  /** Opens the panel, or shuts it; the focus comes back to `opener`. */
  toggle(opener: HTMLElement): void {
    if (this.open) return this.#shut(true);
    this.#opener = opener;
    this.open = true;
    this.problem = null;
    document.addEventListener("pointerdown", this.#outside, true);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    await this.#try(async () => void (await this.#uploads?.ask()));
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".panel button")?.focus();
  }

  /** Dragged over the page, dropped, pasted. */
  offered(type: string, files: readonly File[]): void {
    if (type === "dragenter") return this.#dragging.enter();
    const look = this.#dragging.edits || undefined;
    this.#dragging.leave();
    if (type === "drop") this.take(files, look);
    else this.take(files.map(named), true, false);
  }

  get #lookFirst(): boolean {
    return recall(LOOK_FIRST) !== null;
  }

  /** Sends them; pictures that are to be looked at first wait on their cards. One alone is opened, where `edit`. */
  take(files: readonly File[], look = this.#lookFirst, edit = look): void {
    this.problem = this.closed() || null;
    if (this.problem !== null) return;
    for (const file of files) this.#uploads?.add(file, { look });
    const pictures = files.filter(({ type }) => type.startsWith("image/"));
    this.#next = (edit && pictures.length === 1 && pictures[0]) || null;
  }

  #choose(way: Way): void {
    chooseFiles(way, this.#uploads?.policy ?? null, (files) => {
      this.#shut(true);
      this.take(files);
    });
  }

  /** In the place of a file whose bytes are gone. */
  #again({ client_id }: Item): void {
    chooseFiles("files", this.#uploads?.policy ?? null, (files) => {
      this.#uploads?.cancel(client_id);
      this.take(files);
    });
  }

  async #edit({ client_id, name }: Item): Promise<void> {
    const parts = this.#uploads?.items.parts(client_id);
    const picture = parts?.file ?? parts?.blob;
    if (!picture) return;
    await this.#try(async () => {
      const made = await (await late(() => import("../redact/edit.ts"))).edit(picture);
      if (!made) return;
      const type = made.type === "image/png" ? made.type : "image/jpeg";
      this.#uploads?.replace(client_id, new File([made], renamed(name, type), { type }));
    });
  }

  /** What cannot be done now is said; what is wrong with the program is not hidden. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.problem = errorText(error);
    }
  }

  // --- the page around -----------------------------------------------------------------------------------------------

  readonly #placed = (event: Event): void => {
    const { place, owner } = this;
    (event as CustomEvent<(placed: Placed) => void>).detail({ place, owner });
  };

  readonly #wanted = (event: Event): void => {
    const { client_id, original_of } = (event as CustomEvent<Wanted>).detail;
    const file = takeOriginal(client_id);
    if (file) this.#uploads?.add(file, { original_of });
  };

  readonly #outside = (event: Event): void => {
    const path = event.composedPath();
    if (!path.includes(this) && !(this.#opener && path.includes(this.#opener))) this.#shut();
  };

  /** Shuts when the keys have gone on. Where the focus goes is known when it is there; a press is answered above. */
  readonly #left = (): void =>
    void setTimeout(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      if (at?.matches(":focus-visible") && !this.renderRoot.contains(at)) this.#shut();
    });

  /** `back`: the focus goes to where the panel was opened from. */
  #shut(back = false): void {
    document.removeEventListener("pointerdown", this.#outside, true);
    if (this.open) this.problem = null;
    this.open = false;
    if (back) this.#opener?.focus();
  }

  /** Escape shuts the panel and nothing around it. */
  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#shut(true);
  }

  // --- what is shown -------------------------------------------------------------------------------------------------

  override render() {
    const uploads = this.#uploads as Uploads;
    return html`${this.closed() === "" ? this.#dragging.cloth(this.#beside as HTMLElement, this.#lookFirst) : nothing}
      ${this.problem === null || this.open ? nothing : this.#problem(this.problem)}
      ${tray(uploads.items.list, uploads.policy, {
        send: ({ client_id }) => uploads.send(client_id),
        edit: (item) => void this.#edit(item),
        retry: ({ client_id }) => uploads.retry(client_id),
        again: (item) => this.#again(item),
        cancel: ({ client_id }) => uploads.cancel(client_id),
        preview: ({ client_id }) => this.#faces.of(uploads.items.parts(client_id)?.blob ?? null),
      })}
      <p class="unseen" role="status">${uploads.arrived === "" ? "" : t("files.sent", { name: uploads.arrived })}</p>
      ${this.open ? this.#panel(uploads) : nothing}`;
  }

  #panel({ policy }: Uploads) {
    return html`<div class="panel" role="dialog" aria-label=${t("files.panel")} @keydown=${this.#key} @focusout=${this.#left}>
      ${panel({
        policy,
        problem: this.problem,
        lookFirst: this.#lookFirst,
        choose: (way) => this.#choose(way),
        usePhone: () => {
          this.#shut(true);
          emit(this, "use-phone");
        },
        setLookFirst: (on) => void (on ? remember(LOOK_FIRST, "1") : forget(LOOK_FIRST)),
      })}
    </div>`;
  }

  #problem(text: string) {
    return html`<p class="problem" role="alert">
      <span>${text}</span>
      <button class="bare icon" aria-label=${common("dialog.close")} @click=${() => (this.problem = null)}>
        <dw-icon name="close"></dw-icon>
      </button>
    </p>`;
  }
}

/** Browsers call every pasted picture image.png. */
function named(file: File): File {
  if (!file.type.startsWith("image/")) return file;
  return new File([file], pastedName(t("files.screenshot"), file.type, new Date()), { type: file.type });
}

customElements.define("dw-attach", Attach);

declare global {
  interface HTMLElementTagNameMap {
    "dw-attach": Attach;
  }
}
