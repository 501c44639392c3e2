/** `<dw-ticket>`: one conversation: who and what above, the transcript, and below it what I may write. */
import { LitElement, html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { codeText, errorText } from "../../shared/error-text.ts";
import type { Details, Summary } from "../../shared/protocol.d.ts";
import { emit } from "../../shared/emit.ts";
import type { Attach } from "../../shared/files/attach.ts";
import { anyFiles, door } from "../../shared/files/door.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { late, LatePart } from "../../shared/late.ts";
import "../../shared/menu.ts";
import { shownName } from "../../shared/people.ts";
import { serverNow } from "../../shared/server-time.ts";
import { writingRefusedBy } from "../../shared/steps.ts";
import { controls } from "../../shared/styles.ts";
import "../../shared/transcript-view.ts";
import "../../shared/typing.ts";
import { translated, type Line, type Transcript } from "../../shared/transcript.ts";
import { Follow, Ticking } from "../desk/store.ts";
import { isHere, type Chat } from "../desk/chats.ts";
import type { Desk } from "../desk/desk.ts";
import type { Mode } from "../model/drafts.ts";
import { isMine } from "../model/my-tickets.ts";
import { customerDot, looks, statusChip, verifiedMark, waiting } from "./looks.ts";
import { showLine } from "./show-line.ts";
import { staffText } from "./staff-text.ts";
import { ticketMenu } from "./ticket-menu.ts";
import { ticketStyles } from "./ticket.css.ts";
import "./together/bar.ts";
import type { Purpose } from "./together/colleagues.ts";
import "./writing.ts";

/** A search result further back than this many pages of 50 lines is left to scrolling. */
const MOST_PAGES = 40;

export class TicketPane extends LitElement {
  static override properties = {
    desk: { attribute: false },
    ticket: {},
    event: {},
    active: { type: Boolean },
    phone: { state: true },
    asking: { state: true },
  };
  declare desk: Desk;
  /** Id of the ticket. */
  declare ticket: string;
  /** The line to show first, as a search result names it. */
  declare event: string | null;
  /** On the screen: what is shown counts as seen. */
  declare active: boolean;
  /** The key for the customer's phone is shown. */
  declare private phone: typeof import("./phone.ts") | null;
  /** What is asked of a colleague now. */
  declare private asking: Purpose | null;

  static override styles = [controls, looks, ticketStyles];

  /** The last line that was looked at, and the last that was reported as read. */
  #seen: { readonly ticket: string; readonly event: string } | null = null;
  #reported: string | null = null;
  #reached: string | null = null;

  readonly #translation = new LatePart(this, () => translated(this.#shown), async () => {
    const { TicketTranslation } = await import("./translation.ts");
    return new TicketTranslation(this);
  });

  constructor() {
    super();
    new Texts(this);
    new Ticking(this);
    new Follow(this, () => [this.desk, this.desk.chats, this.desk.mine, this.desk.steps, this.desk.preferences, this.desk.together]);
    door(this, () => this.#files());
    this.ticket = "";
    this.event = this.phone = this.asking = null;
    this.active = true;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }

  /** Goes to the field for a reply or a note. */
  write(mode: Mode): void {
    void this.renderRoot.querySelector("dw-writing")?.write(mode);
  }

  override render() {
    const chat = this.desk.chats.get(this.ticket);
    if (chat?.state === "gone") return this.#gone();
    const summary = this.desk.summary(this.ticket);
    return html`
      ${this.#header(summary, chat)}
      ${summary ? html`<dw-together .desk=${this.desk} .ticket=${summary}></dw-together>` : nothing}
      ${keyed(this.ticket, chat ? this.#transcript(chat) : nothing)}
      ${summary && chat ? this.#writing(summary, chat) : nothing}
      ${summary && this.asking
        ? html`<dw-colleagues .desk=${this.desk} .ticket=${summary} purpose=${this.asking} @close=${() => (this.asking = null)}></dw-colleagues>`
        : nothing}
      ${summary && chat ? this.phone?.phoneDialog(summary, chat, this.desk.me.id, () => (this.phone = null)) : nothing}
    `;
  }

  get #shown(): Transcript<Details> | undefined {
    return this.desk.chats.get(this.ticket)?.transcript;
  }

  #writing(summary: Summary, chat: Chat) {
    return html`<dw-attach
        .owner=${this.desk.owner}
        place="/api/v1/tickets/${this.ticket}"
        .closed=${() => this.#closed(summary)}
        @use-phone=${() => void this.#showPhone()}
      ></dw-attach>
      <dw-writing
        .desk=${this.desk}
        .ticket=${summary}
        .chat=${chat}
        .reads=${this.#translation.part?.notice(chat.transcript, this.desk) ?? null}
        @attach=${this.#attach}
      ></dw-writing>`;
  }

  /** Why no file goes to the customer from here now. */
  #closed(summary: Summary): string {
    if (this.desk.drafts.of(summary.id).mode === "note") return t("writing.note_files");
    const rule = writingRefusedBy(summary, this.desk.me.id);
    return rule === null ? "" : (codeText(rule) ?? rule);
  }

  async #attach({ detail }: CustomEvent<HTMLElement>): Promise<void> {
    (await this.#files())?.toggle(detail);
  }

  /** What deals with files; loaded when one is wanted, is in the transcript, or was on its way when the page was left. */
  async #files(): Promise<Attach | null> {
    try {
      await late(() => import("../../shared/files/index.ts"));
    } catch (error) {
      this.desk.toasts.say(errorText(error), { tone: "warning" });
    }
    return this.renderRoot.querySelector<Attach>("dw-attach:defined");
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("event") || changed.has("ticket")) this.#reached = null;
    if (changed.has("ticket")) this.phone = this.asking = null;
  }

  override updated(): void {
    this.#reportRead();
    const chat = this.desk.chats.get(this.ticket);
    const there = chat?.state === "there";
    if (chat && anyFiles(chat.transcript, this.desk.owner.memory)) void this.#files();
    if (there && this.event && this.event !== this.#reached) void this.#reach(this.event);
  }

  /** Goes to a line, loading what is between here and there. */
  async #reach(event: string): Promise<void> {
    this.#reached = event;
    const { ticket } = this;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      await this.updateComplete;
      const view = this.renderRoot.querySelector("dw-transcript");
      await view?.updateComplete;
      if (this.ticket !== ticket || showLine(view, event)) return;
      if (!this.desk.chats.get(ticket)?.transcript.older) return;
      await this.#older();
    }
  }

  #header(summary: Summary | null, chat: Chat | undefined) {
    const details = chat?.transcript.ticket;
    const subject = chat && this.#translation.part?.subject(chat.transcript, this.desk.me.language);
    return html`<header>
      <button class="bare icon back" aria-label=${t("ticket.back")} @click=${() => emit(this, "go-back")}>
        <dw-icon name="back"></dw-icon>
      </button>
      <div class="about">
        <div class="title">
          <h1 class="cut" tabindex="-1" title=${summary?.subject ?? ""}>
            <span class="key">${summary?.key ?? ""}</span>
            <span lang=${subject?.lang ?? nothing}>${subject?.text ?? summary?.subject ?? ""}</span>
          </h1>
          ${subject?.turn}
        </div>
        <p class="who">
          ${summary
            ? html`${chat && summary.status !== "done" ? customerDot(isHere(chat, Date.now())) : nothing}
                <span class="cut" title=${shownName(summary.customer)}>${shownName(summary.customer)}</span>
                ${verifiedMark(summary.verified)} ${statusChip(summary)}
                ${details ? waiting(summary, details.hint, serverNow()) : nothing}`
            : nothing}
        </p>
      </div>
      <button class="bare icon drawer" aria-label=${t("details.open")} title=${t("details.open")} @click=${() => emit(this, "toggle-details")}>
        <dw-icon name="details"></dw-icon>
      </button>
      <dw-menu label=${t("menu.label")} .items=${ticketMenu(this.desk, this.ticket, () => void this.#showPhone(), (purpose) => void this.#ask(purpose))}></dw-menu>
    </header>`;
  }

  async #ask(purpose: Purpose): Promise<void> {
    try {
      await import("./together/colleagues.ts");
      this.asking = purpose;
    } catch {
      this.desk.toasts.say(t("error.unreachable"), { tone: "warning" });
    }
  }

  async #showPhone(): Promise<void> {
    try {
      const part = await import("./phone.ts");
      await part.ready();
      this.phone = part;
    } catch {
      this.desk.toasts.say(t("error.unreachable"), { tone: "warning" });
    }
  }

  #transcript(chat: Chat) {
    return html`<dw-transcript
      side="technician"
      .transcript=${chat.transcript}
      .readings=${this.#translation.part?.readings(chat.transcript, this.desk)}
      .items=${chat.outbox.items}
      .me=${this.desk.me.id}
      .words=${staffText}
      .active=${this.active}
      @older=${() => void this.#older()}
      @seen=${(event: CustomEvent<Line>) => this.#saw(event.detail)}
      @retry=${(event: CustomEvent<string>) => chat.outbox.retry(event.detail)}
      @discard=${(event: CustomEvent<string>) => chat.outbox.discard(event.detail)}
    ></dw-transcript>`;
  }

  async #older(): Promise<void> {
    try {
      await this.desk.chats.older(this.ticket);
    } catch (error) {
      this.desk.toasts.say(errorText(error), { tone: "warning" });
    }
  }

  #saw(line: Line): void {
    this.#seen = { ticket: this.ticket, event: line.event.id };
    this.#reportRead();
  }

  /** Only the one who has taken the ticket reads for our side; what was seen before taking it counts from then on. */
  #reportRead(): void {
    const seen = this.#seen;
    const summary = this.desk.summary(this.ticket);
    if (!seen || seen.ticket !== this.ticket || seen.event === this.#reported) return;
    if (!summary || !isMine(summary, this.desk.me.id) || this.desk.connection !== "open") return;
    this.#reported = seen.event;
    this.desk.read(seen.ticket, seen.event);
  }

  #gone() {
    const { available } = this.desk;
    const comeBack = html`<button class="primary" @click=${() => void this.desk.setAvailability("available")}>${t("away.action")}</button>`;
    return html`<header>
        <button class="bare icon back" aria-label=${t("ticket.back")} @click=${() => emit(this, "go-back")}>
          <dw-icon name="back"></dw-icon>
        </button>
      </header>
      <div class="gone">
        <h1 tabindex="-1">${t("gone.heading")}</h1>
        <p>${t(available ? "gone.text" : "gone.away")}</p>
        ${available ? html`<button @click=${() => emit(this, "go-back")}>${t("gone.action")}</button>` : comeBack}
      </div>`;
  }
}

customElements.define("dw-ticket", TicketPane);

declare global {
  interface HTMLElementTagNameMap {
    "dw-ticket": TicketPane;
  }
}
