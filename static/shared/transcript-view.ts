/**
 * `<dw-transcript>`: the lines of a ticket and what is still unsent. It keeps the reader's place: at the bottom it follows,
 * elsewhere it stays, and older lines appear above without a jump.
 *
 * Fires `older` (load earlier lines), `seen` (detail: the last line that was really looked at), `retry` and `discard`
 * (detail: client_id of an unsent message).
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "./emit.ts";
import { Texts, t } from "./i18n.ts";
import "./icon.ts";
import { KeyedList } from "./keyed.ts";
import type { Item } from "./outbox-core.ts";
import { shownName } from "./people.ts";
import { rowTemplate } from "./row-template.ts";
import { keyOf, rows, type Row } from "./rows.ts";
import { controls } from "./styles.ts";
import { systemText, type Words } from "./system-text.ts";
import { emptyTranscript, said, type Line, type Side, type Transcript } from "./transcript.ts";
import { transcriptStyles } from "./transcript-styles.ts";
import type { Reading } from "./translation/readings.ts";

const AT_BOTTOM_PX = 48;
const NEAR_TOP_PX = 240;

export class TranscriptView extends LitElement {
  static override properties = {
    transcript: { attribute: false },
    readings: { attribute: false },
    items: { attribute: false },
    side: {},
    me: {},
    words: { attribute: false },
    active: { type: Boolean },
    away: { state: true },
  };
  declare transcript: Transcript<unknown>;
  /** What is read of messages in other languages, by the keys of their rows. */
  declare readings: ReadonlyMap<string, Reading> | undefined;
  declare items: readonly Item[];
  declare side: Side;
  /** The reading technician: names stand above colleagues' bubbles, not above one's own. */
  declare me: string | null;
  /** What a system line says. */
  declare words: Words;
  /** false: this conversation is not on the screen, nothing counts as seen. */
  declare active: boolean;
  /** Scrolled up, away from the latest line. */
  declare private away: boolean;

  static override styles = [controls, transcriptStyles];

  #newAfter: number | null = null;
  #seen = 0;
  /** Lines that are said when their translation is there. */
  #unsaid: readonly Line[] = [];
  /** What a screen reader is to say; it stands in one of two places in turn, so that the same words twice are said twice. */
  #spoken = "";
  #turn = false;
  readonly #rows = new KeyedList<Row>();
  /** What a reader who has scrolled up sees first, and where it stands until he scrolls on. */
  #anchor: { readonly row: Element; readonly top: number } | undefined;
  #asked = 0;
  /** Where the scroller stood. */
  #top = 0;
  readonly #resized = new ResizeObserver(() => {
    this.#moved();
    this.#follow();
  });

  constructor() {
    super();
    new Texts(this);
    this.transcript = emptyTranscript();
    this.items = [];
    this.side = "customer";
    this.me = null;
    this.words = systemText;
    this.active = true;
    this.away = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#look);
    this.#resized.disconnect();
  }

  /** Scrolls to the last line. */
  toLatest(): void {
    this.away = false;
    this.#follow();
    this.#look();
  }

  /** What is drawn of a row that is loaded; from now on the view stays where it is. */
  row(key: string): Element | null | undefined {
    this.away = true;
    return this.#rows.get(key)?.firstElementChild; // the row's element has no box of its own
  }

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector(".scroller");
  }

  get #looking(): boolean {
    return this.active && !this.away && document.visibilityState === "visible";
  }

  override willUpdate(changed: Map<string, unknown>): void {
    this.#moved(); // a frame may come before the browser has told of the reader's going up
    if (changed.has("transcript")) this.#arrived(changed.get("transcript") as Transcript<unknown> | undefined);
    this.#speak();
    const before = (changed.get("items") as readonly Item[] | undefined) ?? this.items;
    if (this.items.length > before.length) {
      this.#newAfter = null;
      this.away = false;
    }
    this.#anchor = this.away ? (this.#anchor ?? this.#firstSeen()) : undefined;
  }

  #firstSeen() {
    const { top = 0 } = this.#scroller?.getBoundingClientRect() ?? {};
    const row = [...this.renderRoot.querySelectorAll(".bubble, .system")].find((one) => one.getBoundingClientRect().bottom > top);
    return row && { row, top: row.getBoundingClientRect().top };
  }

  #arrived(before: Transcript<unknown> | undefined): void {
    const { lines, read, epoch } = this.transcript;
    if (!before || before.epoch !== epoch) {
      this.#begin(read[this.side]?.seq ?? 0);
      return;
    }
    const fresh = lines.filter(({ seq, event }) => seq > before.tail && event.author.role !== this.side);
    const looking = this.#looking;
    if (fresh.length > 0 && !looking && this.#seen >= (this.#newAfter ?? 0)) this.#newAfter = this.#seen;
    this.#unsaid = [...this.#unsaid, ...fresh];
  }

  /** Has a screen reader say what has arrived, in the reader's language where that is on its way. */
  #speak(): void {
    const now = this.#unsaid.filter((line) => this.#reading(line)?.state !== "waiting");
    if (now.length === 0) return;
    this.#unsaid = this.#unsaid.filter((line) => !now.includes(line));
    this.#spoken = now.map((line) => this.#said(line)).join("\n");
    this.#turn = !this.#turn;
  }

  #reading({ event }: Line): Reading | undefined {
    return this.readings?.get(keyOf(event));
  }

  /** Another transcript than a moment ago: nothing of it is announced, the divider stands after the reader's own mark. */
  #begin(read: number): void {
    const fresh = this.transcript.lines.some(({ seq, event }) => seq > read && event.author.role !== this.side);
    this.#newAfter = read > 0 && fresh ? read : null;
    this.#seen = 0;
    this.#unsaid = [];
    this.#spoken = "";
    this.away = false;
  }

  override firstUpdated(): void {
    // also what is in it: a file's card may grow when its picture or a button comes
    for (const one of this.renderRoot.querySelectorAll(".scroller, .rows")) this.#resized.observe(one);
  }

  override updated(): void {
    this.#showRows();
    this.#follow();
    this.#look();
  }

  #showRows(): void {
    const { transcript, items, side } = this;
    const { lines, read } = transcript;
    const readByOther = read[side === "customer" ? "technician" : "customer"];
    const all = rows({ lines, items, side, readByOther, newAfter: this.#newAfter });
    const list = this.renderRoot.querySelector(".rows");
    if (list) this.#rows.show(list, all, (row) => rowTemplate(row, side, this.me, this.words, this.readings?.get(row.key)));
  }

  /** At the bottom the view stays there; elsewhere what is seen first stays where it is. */
  #follow(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (!this.away) scroller.scrollTop = scroller.scrollHeight;
    else if (this.#anchor?.row.isConnected) scroller.scrollTop += this.#anchor.row.getBoundingClientRect().top - this.#anchor.top;
    this.#top = scroller.scrollTop;
    // a view that is not full cannot be scrolled to its beginning
    if (scroller.scrollHeight <= scroller.clientHeight) this.#askOlder();
  }

  readonly #look = (): void => {
    const last = this.transcript.lines.findLast(({ event }) => event.author.role !== this.side);
    if (!last || last.seq <= this.#seen || !this.#looking) return;
    this.#seen = last.seq;
    emit(this, "seen", last);
  };

  #scrolled(): void {
    this.#moved();
    this.#look();
    if (this.away && this.#top < NEAR_TOP_PX) this.#askOlder();
  }

  #moved(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const { scrollTop } = scroller;
    if (scrollTop !== this.#top) this.#anchor = undefined; // not our doing
    // what grows or shrinks around the reader moves nobody away: going up does
    const away = this.away || scrollTop < this.#top;
    this.away = away && scroller.scrollHeight - scrollTop - scroller.clientHeight > AT_BOTTOM_PX;
    this.#top = scrollTop;
  }

  #askOlder(): void {
    const { first, older } = this.transcript;
    if (!older || this.#asked === first) return;
    this.#asked = first;
    emit(this, "older");
    // a request that fails may be asked again by scrolling
    setTimeout(() => (this.#asked = 0), 2_000);
  }

  override render() {
    const { transcript, items } = this;
    return html`<div
        class="scroller"
        role="region"
        tabindex="0"
        aria-label=${t("transcript.label")}
        aria-busy=${transcript.epoch === null}
        @scroll=${this.#scrolled}
      >
        <div class="lines">
          ${transcript.older
            ? html`<button class="bare earlier" @click=${this.#askOlder}>${t("transcript.older")}</button>`
            : nothing}
          ${transcript.epoch === null && items.length === 0 ? skeleton : nothing}
          <div class="rows"></div>
          <dw-typing .names=${this.#typists}></dw-typing>
        </div>
      </div>
      <div class="unseen" aria-live="polite">
        <p>${this.#turn ? this.#spoken : ""}</p>
        <p>${this.#turn ? "" : this.#spoken}</p>
      </div>
      ${this.away
        ? html`<button class="latest" @click=${this.toLatest}>
            <dw-icon name="down"></dw-icon>${t("transcript.latest")}
          </button>`
        : nothing}`;
  }

  #said(line: Line): string {
    const { event } = line;
    if (!("text" in event) && event.kind !== "file") return this.words(event, this.side);
    return `${shownName(event.author.name)}: ${this.#reading(line)?.text || said(event)}`;
  }

  get #typists() {
    return this.transcript.typing.filter(({ role }) => this.side === "technician" || role !== this.side).map(({ name }) => name);
  }
}

const skeleton = html`<div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>`;

customElements.define("dw-transcript", TranscriptView);

declare global {
  interface HTMLElementTagNameMap {
    "dw-transcript": TranscriptView;
  }
}
