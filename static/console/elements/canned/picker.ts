/**
 * `<dw-canned>`: canned replies to choose from, by words and keys (WAI-ARIA combobox with a list). Fires `choose` with the
 * text, filled in, and `close`. Nothing is ever sent from here: the text goes into the field, to be read and changed.
 */
import { LitElement, css, html, nothing } from "lit";
import { emit } from "../../../shared/emit.ts";
import { errorText } from "../../../shared/error-text.ts";
import { language } from "../../../shared/i18n.ts";
import { languageName } from "../../../shared/language-name.ts";
import { shownName } from "../../../shared/people.ts";
import type { CannedReply, Details } from "../../../shared/protocol.d.ts";
import { controls } from "../../../shared/styles.ts";
import { differ } from "../../../shared/translation/readings.ts";
import type { Desk } from "../../desk/desk.ts";
import { choice, filled, found, type Choice, type Group } from "../../model/canned.ts";
import { repliesOf } from "./replies.ts";
import { t, texts } from "./texts.ts";

export class Canned extends LitElement {
  static override properties = {
    desk: { attribute: false },
    details: { attribute: false },
    replies: { state: true },
    words: { state: true },
    at: { state: true },
    problem: { state: true },
  };
  declare desk: Desk;
  declare details: Details;
  declare private replies: readonly CannedReply[] | null;
  declare private words: string;
  /** Which one Enter chooses. */
  declare private at: number;
  declare private problem: unknown;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        margin-bottom: 6px;
        border: 1px solid var(--line);
        border-radius: var(--radius-card);
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow: hidden;
      }
      input {
        width: 100%;
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
      }
      input:focus-visible {
        outline-offset: -2px;
      }
      .list {
        max-height: min(40vh, 300px);
        padding: 4px;
        overflow: auto;
      }
      .category,
      .empty {
        padding: 6px 10px 2px;
        color: var(--text-soft);
        font-size: var(--size-12);
      }
      [role="option"] {
        padding: 6px 10px;
        border-radius: var(--radius-control);
        cursor: pointer;
      }
      [aria-selected="true"] {
        background: var(--sunken);
      }
      .title {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 8px;
        font-size: var(--size-13);
        overflow-wrap: anywhere;
      }
      .way {
        flex: none;
        max-width: 60%;
        color: var(--text-soft);
        font-size: var(--size-12);
      }
      .way.foreign {
        color: var(--warning-text);
      }
      .text + .text {
        margin-top: 2px;
        padding-inline-start: 8px;
        border-inline-start: 2px solid var(--line);
      }
      .text {
        display: -webkit-box;
        overflow: hidden;
        color: var(--text-soft);
        font-size: var(--size-12);
        overflow-wrap: anywhere;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .problem {
        padding: 8px 10px;
        color: var(--danger-text);
        font-size: var(--size-13);
      }
    `,
  ];

  #stop: () => void = () => undefined;

  constructor() {
    super();
    texts.follow(this);
    this.replies = this.problem = null;
    this.words = "";
    this.at = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    this.#stop = this.desk.setup.listen(() => void this.#load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  async #load(): Promise<void> {
    try {
      this.replies = await repliesOf(this.desk).of(this.details.summary.company.id);
      this.problem = null;
    } catch (error) {
      this.problem = error;
    }
  }

  get #shown(): Group[] {
    return found(this.replies ?? [], this.words);
  }

  override render() {
    const groups = this.#shown;
    const all = groups.flatMap(({ replies }) => replies);
    return html`<input
        role="combobox"
        aria-label=${t("canned.search")}
        aria-expanded="true"
        aria-controls="list"
        aria-autocomplete="list"
        aria-activedescendant=${all.length > 0 ? `reply-${this.at}` : nothing}
        placeholder=${t("canned.search")}
        autocomplete="off"
        .value=${this.words}
        @input=${this.#typed}
        @keydown=${this.#key}
        @blur=${this.#left}
      />
      ${this.problem === null ? nothing : html`<p class="problem" role="alert">${errorText(this.problem)}</p>`}
      <div class="list" id="list" role="listbox" aria-label=${t("canned.heading")}>
        ${groups.map(({ category, replies }) => this.#group(category, replies, all))}
        ${this.replies && all.length === 0 ? html`<p class="empty" role="status">${this.#nothing()}</p>` : nothing}
      </div>`;
  }

  #nothing(): string {
    return t(this.replies?.length === 0 ? "canned.none" : "canned.not_found");
  }

  #group(category: string, replies: readonly CannedReply[], all: readonly CannedReply[]) {
    return html`<div role="group" aria-label=${category}>
      <div class="category" aria-hidden="true">${category}</div>
      ${replies.map((reply) => this.#option(reply, all.indexOf(reply)))}
    </div>`;
  }

  #option(reply: CannedReply, at: number) {
    return html`<div
      id="reply-${at}"
      role="option"
      aria-selected=${at === this.at}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${() => void this.#choose(reply)}
    >
      ${this.#words(reply, this.#choice(reply))}
    </div>`;
  }

  #choice(reply: CannedReply): Choice | null {
    const { language: theirs, translates } = this.details;
    return choice(reply, { theirs, mine: this.#mine, translates, possible: this.desk.languages });
  }

  get #mine(): string {
    return this.desk.me.language ?? language();
  }

  /** First what I read, then, where it is something else, what the customer is sent. */
  #words({ title }: CannedReply, chosen: Choice | null) {
    if (!chosen) return html`<strong>${title}</strong>`;
    const { sent, meant, way } = chosen;
    const some = meant ? [meant, sent] : [sent];
    return html`<div class="title"><strong>${title}</strong> <span class="way ${way}">${this.#way(chosen)}</span></div>
      ${some.map(({ lang, text }) => html`<span class="text" lang=${lang} dir="auto">${text}</span>`)}`;
  }

  /** In which language it goes out, and in which it arrives; nothing where that is mine. */
  #way({ sent: { lang }, way }: Choice): string {
    const from = languageName(lang);
    const to = languageName(this.details.language ?? lang);
    if (way !== "same") return t(`canned.${way}`, { from, to });
    return differ(lang, this.#mine) ? from : "";
  }

  #typed(event: Event): void {
    this.words = (event.target as HTMLInputElement).value;
    this.at = 0;
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const all = this.#shown.flatMap(({ replies }) => replies);
    const chosen = all[this.at];
    if (event.key === "ArrowDown") this.#move(1, all.length);
    else if (event.key === "ArrowUp") this.#move(-1, all.length);
    else if (event.key === "Enter") {
      if (chosen) void this.#choose(chosen);
    } else if (event.key === "Escape") emit(this, "close");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(by: number, count: number): void {
    if (count === 0) return;
    this.at = (this.at + by + count) % count;
    void this.updateComplete.then(() => this.renderRoot.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
  }

  /** The focus went elsewhere, and not into the list. */
  #left(event: FocusEvent): void {
    if (document.hasFocus() && !this.renderRoot.contains(event.relatedTarget as Node | null)) emit(this, "close");
  }

  async #choose(reply: CannedReply): Promise<void> {
    const text = this.#choice(reply)?.sent.text ?? "";
    try {
      const { customer, key, portal: slug } = this.details.summary;
      const portal = text.includes("{portal}") ? await repliesOf(this.desk).portal(slug) : "";
      if (!this.isConnected) return; // another ticket is open by now, and its field is no place for this
      emit(this, "choose", filled(text, { customer: shownName(customer), key, portal, me: this.desk.me.public_name }));
    } catch (error) {
      this.problem = error;
    }
  }
}

customElements.define("dw-canned", Canned);

declare global {
  interface HTMLElementTagNameMap {
    "dw-canned": Canned;
  }
}
