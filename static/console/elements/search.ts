/** `<dw-search>`: keys, customers and every word that was written, in what this person may see. An exact key jumps there. */
import { LitElement, html, nothing } from "lit";
import { errorText } from "../../shared/error-text.ts";
import type { Hit, Hits } from "../../shared/protocol.d.ts";
import { get } from "../../shared/api.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { LIMITS } from "../../shared/rules.ts";
import { shownName } from "../../shared/people.ts";
import { serverNow } from "../../shared/server-time.ts";
import { controls } from "../../shared/styles.ts";
import { Follow } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import { HOME, format } from "../model/route.ts";
import { isKey, lengthOf, pieces } from "../model/snippet.ts";
import { ago, looks, statusChip, verifiedMark } from "./looks.ts";
import { searchStyles } from "./search.css.ts";
import { ticketLink } from "./ticket-link.css.ts";

/** Typing is not interrupted by a request per letter. */
const PAUSE_MS = 180;

export class Search extends LitElement {
  static override properties = {
    desk: { attribute: false },
    selected: {},
    query: { state: true },
    found: { state: true },
    failure: { state: true },
  };
  declare desk: Desk;
  /** The ticket that is open. */
  declare selected: string | null;
  declare private query: string;
  /** null: nothing was looked for yet. */
  declare private found: Hits | null;
  declare private failure: string;

  static override styles = [controls, looks, ticketLink, searchStyles];

  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the newest question; answers to older ones are late. */
  #asked = 0;
  #wasAvailable = false;

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk]);
    this.selected = null;
    this.query = "";
    this.found = null;
    this.failure = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#wasAvailable = this.desk.available;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override focus(): void {
    const field = this.renderRoot.querySelector("input");
    field?.focus();
    field?.select();
  }

  /** Results of the shared list must not outlive availability. */
  override willUpdate(): void {
    if (this.#wasAvailable === this.desk.available) return;
    this.#wasAvailable = this.desk.available;
    this.found = null;
    if (lengthOf(this.query) >= LIMITS.SEARCH_CHARS) void this.#search();
  }

  override render() {
    const hits = this.found?.hits ?? [];
    return html`<div class="field" role="search">
        <input
          type="search"
          aria-label=${t("search.label")}
          placeholder=${t("search.placeholder")}
          autocomplete="off"
          spellcheck="false"
          maxlength="200"
          .value=${this.query}
          @input=${this.#typed}
          @keydown=${this.#key}
        />
      </div>
      <p class="say" role="status">${this.#say()}</p>
      <ul aria-label=${t("search.results")} @keydown=${this.#walk}>
        ${hits.map((hit) => html`<li>${this.#hit(hit)}</li>`)}
      </ul>`;
  }

  #say(): string {
    if (this.failure) return this.failure;
    if (lengthOf(this.query) < LIMITS.SEARCH_CHARS) return t("search.too_short", { n: LIMITS.SEARCH_CHARS });
    const scope = this.desk.available ? "" : ` ${t("search.away")}`;
    if (!this.found) return scope;
    const { hits, more } = this.found;
    if (hits.length === 0) return t("search.nothing", { query: this.query.trim() }) + scope;
    return t(more ? "search.more" : "search.found", { n: hits.length }) + scope;
  }

  #hit({ ticket, event, at, snippet }: Hit) {
    const route = { ...HOME, side: "search" as const, ticket: ticket.id, event };
    return html`<a href=${format(route)} aria-current=${ticket.id === this.selected ? "true" : nothing}>
      <span class="line">
        <span class="key">${ticket.key}</span>
        <span class="customer cut" title=${shownName(ticket.customer)}>${shownName(ticket.customer)}</span>${verifiedMark(ticket.verified)}
        <span class="end">${ago(at, serverNow())}</span>
      </span>
      <span class="snippet">${pieces(snippet).map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text))}</span>
      <span class="line"><span class="cut key">${ticket.company.name}</span><span class="end">${statusChip(ticket)}</span></span>
    </a>`;
  }

  #typed(event: Event): void {
    this.query = (event.target as HTMLInputElement).value;
    this.failure = "";
    clearTimeout(this.#timer);
    if (lengthOf(this.query) < LIMITS.SEARCH_CHARS) {
      this.#asked += 1;
      this.found = null;
      return;
    }
    this.#timer = setTimeout(() => void this.#search(), PAUSE_MS);
  }

  async #search(): Promise<Hits | null> {
    clearTimeout(this.#timer);
    const question = ++this.#asked;
    try {
      const found = await get<Hits>(`/api/v1/search?q=${encodeURIComponent(this.query.trim())}`);
      if (question !== this.#asked) return null;
      this.found = found;
      return found;
    } catch (error) {
      if (question === this.#asked) this.failure = errorText(error);
      return null;
    }
  }

  /** Enter on an exact key goes to the ticket; ArrowDown goes into the results. */
  async #key(event: KeyboardEvent): Promise<void> {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      this.#links[0]?.focus();
    }
    if (event.key !== "Enter" || lengthOf(this.query) < LIMITS.SEARCH_CHARS) return;
    const query = this.query.trim();
    const found = await this.#search();
    const first = found?.hits[0]?.ticket;
    if (first && isKey(query) && first.key.toLowerCase() === query.toLowerCase()) {
      location.hash = format({ ...HOME, side: "search", ticket: first.id });
    } else this.#links[0]?.focus();
  }

  get #links(): HTMLAnchorElement[] {
    return [...this.renderRoot.querySelectorAll("a")];
  }

  #walk(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined) return;
    const links = this.#links;
    const to = links.indexOf(event.target as HTMLAnchorElement) + step;
    if (to < 0) this.focus();
    else links[Math.min(links.length - 1, to)]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("dw-search", Search);

declare global {
  interface HTMLElementTagNameMap {
    "dw-search": Search;
  }
}
