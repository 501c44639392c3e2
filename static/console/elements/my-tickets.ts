/** `<dw-my-tickets>`: what I have taken, with unread counts, "typing…" and how long each customer waits. */
import { LitElement, css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Row } from "../../shared/protocol.d.ts";
import { Texts, t, type Key } from "../../shared/i18n.ts";
import { shownName } from "../../shared/people.ts";
import { serverNow } from "../../shared/server-time.ts";
import { controls } from "../../shared/styles.ts";
import { Follow, Ticking } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import { HOME, format } from "../model/route.ts";
import { isForMe, partIn } from "../model/together.ts";
import { ticketLink } from "./ticket-link.css.ts";
import { looks, statusWord, subjectOf, unreadBadge, verifiedMark, waiting, wholeSubject } from "./looks.ts";

export class MyTicketsList extends LitElement {
  static override properties = { desk: { attribute: false }, selected: {} };
  declare desk: Desk;
  /** The ticket that is open. */
  declare selected: string | null;

  static override styles = [
    controls,
    looks,
    ticketLink,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      h2 {
        display: flex;
        align-items: baseline;
        gap: 6px;
        padding: 8px 14px 4px;
        font-size: var(--size-13);
      }
      .total {
        color: var(--text-faint);
        font-variant-numeric: tabular-nums;
        font-weight: 400;
      }
      .rows {
        flex: 1;
        overflow-y: auto;
        padding-bottom: 6px;
      }
      a {
        display: grid;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        column-gap: 6px;
        min-height: 46px;
        padding: 4px 12px 4px 11px;
      }
      .second {
        grid-column: 1 / 3;
        color: var(--text-soft);
        font-size: var(--size-12);
      }
      h3 {
        padding: 4px 14px;
        color: var(--accent-text);
        font-size: var(--size-12);
      }
      ul.first {
        border-bottom: 1px solid var(--line);
      }
      .for-me,
      .typing {
        color: var(--accent-text);
      }
      .draft {
        color: var(--warning-text);
      }
      .end {
        justify-self: end;
        min-height: 18px;
      }
      .older {
        margin: 0 11px;
        color: var(--accent-text);
        font-size: var(--size-13);
      }
      .empty {
        padding: 4px 14px 16px;
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      @media (max-width: 639px) {
        /* the page above says it already */
        h2 {
          position: absolute;
          clip-path: inset(50%);
        }
      }
      @media (pointer: coarse) {
        a {
          min-height: 56px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Ticking(this);
    new Follow(this, () => [this.desk, this.desk.mine, this.desk.chats]);
    this.selected = null;
  }

  override focus(): void {
    const links = this.#links;
    (links.find((link) => link.ariaCurrent) ?? links[0])?.focus();
  }

  get #links(): HTMLAnchorElement[] {
    return [...this.renderRoot.querySelectorAll("a")];
  }

  override render() {
    const { rows, loaded, more } = this.desk.mine;
    const now = serverNow();
    const forMe = rows.filter(({ ticket }) => isForMe(partIn(ticket, this.desk.me.id)));
    return html`<h2 id="heading">${t("mine.heading")} <span class="total">${loaded ? `${rows.length}${more ? "+" : ""}` : ""}</span></h2>
      ${loaded && rows.length === 0 && !more ? html`<p class="empty">${t("mine.empty")}</p>` : nothing}
      <div class="rows">
        ${forMe.length > 0 ? this.#group("for_me", t("together.for_you"), forMe, now) : nothing}
        ${this.#group("heading", null, rows.filter((row) => !forMe.includes(row)), now)}
        ${more ? html`<button class="bare older" @click=${() => void this.desk.olderMine()}>${t("mine.older")}</button>` : nothing}
      </div>`;
  }

  #group(id: string, name: string | null, rows: readonly Row[], now: number) {
    return html`${name === null ? nothing : html`<h3 id=${id}>${name}</h3>`}
      <ul aria-labelledby=${id} class=${name === null ? "" : "first"} @keydown=${this.#key}>
        ${repeat(rows, ({ ticket }) => ticket.id, (row) => html`<li>${this.#row(row, now)}</li>`)}
      </ul>`;
  }

  #row({ ticket, hint }: Row, now: number) {
    const current = ticket.id === this.selected;
    return html`<a href=${format({ ...HOME, side: "mine", ticket: ticket.id })} aria-current=${current ? "true" : nothing}>
      <span class="key">${ticket.key}</span>
      <span class="customer cut" title=${shownName(ticket.customer)}>${shownName(ticket.customer)} ${verifiedMark(ticket.verified)}</span>
      <span class="end">${waiting(ticket, hint, now)}</span>
      <span class="second cut" title=${wholeSubject(ticket, this.desk.me.language)}>${this.#second(ticket)}</span>
      <span class="end">${unreadBadge(hint.unread)}</span>
    </a>`;
  }

  /** The most urgent of: somebody types, something of mine is unsent, what it is about. */
  #second(ticket: Row["ticket"]) {
    const typing = this.desk.chats.get(ticket.id)?.transcript.typing ?? [];
    if (typing.some(({ role }) => role === "customer")) return html`<span class="typing">${t("mine.typing")}</span>`;
    if (ticket.id !== this.selected && this.desk.drafts.has(ticket.id)) {
      return html`<span class="draft">${t("mine.draft")}</span> · ${subjectOf(ticket, this.desk.me.language)}`;
    }
    const part = partIn(ticket, this.desk.me.id);
    if (isForMe(part) || part === "helping") {
      const who = ticket.offer?.by.name ?? ticket.assignee?.name ?? "";
      return html`<span class="for-me">${t(`together.part_${part}` as Key, { who })}</span> · ${subjectOf(ticket, this.desk.me.language)}`;
    }
    const state = ticket.chat === "ended" ? t("mine.chat_ended") : ticket.joined ? null : t("mine.not_joined");
    return html`${state ?? statusWord(ticket)} · ${subjectOf(ticket, this.desk.me.language)}`;
  }

  /** Arrows and j/k walk, Enter opens: links do that by themselves. */
  #key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const links = this.#links;
    const at = links.indexOf(event.target as HTMLAnchorElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("dw-my-tickets", MyTicketsList);

declare global {
  interface HTMLElementTagNameMap {
    "dw-my-tickets": MyTicketsList;
  }
}
