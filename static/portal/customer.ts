/**
 * `<dw-customer slug>`: everything a customer does, for the portal page and the widget alike: describe a problem, chat,
 * come back, switch between tickets, forget the device. The shells around it draw the frame.
 *
 * Fires `unread` (detail: number), `portal` (detail: Portal) once it is known, and `place` (detail: key of the ticket on
 * the screen, or null for the form). Slot `actions`: buttons of the shell beside the menu.
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { offerLanguages, startTexts, Texts, t } from "../shared/i18n.ts";
import "../shared/icon.ts";
import type { CustomerTicket, Portal } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { controls } from "../shared/styles.ts";
import { applyTheme } from "../shared/theme.ts";
import { unread, type Line } from "../shared/transcript.ts";
import { catalogs } from "./catalogs.ts";
import { Chat } from "./chat.ts";
import "./chat-view.ts";
import type { ChatView } from "./chat-view.ts";
import type { Question } from "./extras.ts";
import { customerStyles } from "./customer-styles.ts";
import "./ticket-form.ts";
import type { TicketForm } from "./ticket-form.ts";
import { Visit, type Problem } from "./visit.ts";

type View = "loading" | "unreachable" | "form" | "chat" | "list";

export class Customer extends LitElement {
  static override properties = {
    slug: {},
    place: {},
    resume: { attribute: false },
    active: { type: Boolean },
    view: { state: true },
    portal: { state: true },
    chat: { state: true },
    question: { state: true },
    extras: { state: true },
    notice: { state: true },
  };
  declare slug: string;
  /** Which ticket to begin with: its key, "new" for the form, or nothing for the one that is going on. */
  declare place: string;
  /** Secret of a resume link with which the page was opened. */
  declare resume: string | null;
  /** false: not on the screen. */
  declare active: boolean;
  declare private view: View;
  declare private portal: Portal | null;
  declare private chat: Chat | null;
  declare private question: Question | null;
  /** Menu, questions, tickets, sound: loaded when the first of them is wanted. */
  declare private extras: typeof import("./extras.ts") | null;
  declare private notice: string | null;

  static override styles = [controls, customerStyles];

  #visit = new Visit("");
  #begun: Promise<void> | null = null;
  #unread = 0;

  constructor() {
    super();
    new Texts(this);
    this.slug = this.place = "";
    this.resume = this.portal = this.chat = this.extras = this.notice = null;
    this.active = true;
    this.view = "loading";
    this.question = null;
  }

  override firstUpdated(): void {
    this.#begun = this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chat?.leave();
  }

  /** Puts the focus where the next thing is to be typed; not on phones, where the keyboard would cover half of the page. */
  override focus(): void {
    if (matchMedia("(pointer: coarse)").matches) return;
    this.renderRoot.querySelector<HTMLElement>("dw-chat, dw-ticket-form")?.focus();
  }

  /** Becomes the person whom the embedding site has signed. */
  async identify(jwt: string): Promise<void> {
    await this.updateComplete;
    await this.#begun;
    try {
      await this.#visit.identify(jwt);
    } catch (error) {
      // the site's developer can mend this, the customer cannot: he goes on without a verified name
      console.warn("Deskwire.identify:", error);
      return;
    }
    if (this.portal) this.#enter("");
  }

  async #begin(): Promise<void> {
    this.view = "loading";
    this.notice = null;
    this.#visit = new Visit(this.slug);
    try {
      this.portal = await this.#visit.begin();
      await offerLanguages(this.portal.languages);
      document.documentElement.style.setProperty("--brand", this.portal.accent);
      emit(this, "portal", this.portal);
    } catch (error) {
      this.view = "unreachable";
      this.notice = errorText(error);
      return;
    }
    if (this.resume !== null && (await this.#resumed(this.resume))) return;
    this.#enter(this.place);
  }

  async #resumed(secret: string): Promise<boolean> {
    try {
      const ticket = await this.#visit.resume(secret);
      if (ticket) this.#show(ticket);
      return ticket !== null;
    } catch (error) {
      this.notice = error instanceof Refusal && error.code === "not_found" ? t("visit.bad_link") : errorText(error);
      return false;
    }
  }

  #enter(place: string): void {
    const { tickets } = this.#visit.session;
    const ticket = tickets.find(({ key }) => key === place) ?? tickets.find(({ status }) => status !== "done") ?? tickets[0];
    if (ticket && place !== "new") this.#show(ticket);
    else this.#showForm();
  }

  #show(ticket: CustomerTicket, ahead: number | null = null): void {
    this.chat?.leave();
    const chat = new Chat(this.#visit, ticket, ahead);
    chat.onchange = () => this.#changed(chat);
    chat.onarrival = (line) => void this.#arrived(line);
    chat.ongone = () => void this.#gone();
    this.chat = chat;
    this.view = "chat";
    emit(this, "place", ticket.key);
    this.#changed(chat);
  }

  #showForm(): void {
    this.chat?.leave();
    this.chat = null;
    this.view = "form";
    this.requestUpdate(); // the session may be another one than a moment ago
    this.#tellUnread(0);
    emit(this, "place", null);
  }

  #changed(chat: Chat): void {
    const { tickets } = this.#visit.session;
    const at = tickets.findIndex(({ id }) => id === chat.id);
    if (at >= 0) tickets[at] = chat.ticket;
    const loaded = chat.transcript.epoch !== null;
    this.#tellUnread(loaded ? unread(chat.transcript, "customer") : chat.ticket.unread);
    this.requestUpdate();
    this.renderRoot.querySelector<ChatView>("dw-chat")?.requestUpdate();
  }

  #tellUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    emit(this, "unread", count);
  }

  async #arrived({ event }: Line): Promise<void> {
    const watched = this.active && document.visibilityState === "visible" && document.hasFocus();
    if (watched || (event.kind !== "message" && event.kind !== "joined")) return;
    this.extras ??= await import("./extras.ts");
    this.extras.beep();
  }

  async #gone(): Promise<void> {
    this.#showForm();
    this.notice = t("visit.gone");
    try {
      await this.#visit.refresh();
    } catch (error) {
      this.notice = errorText(error);
    }
  }

  async #problem(event: CustomEvent<Problem>): Promise<void> {
    const form = event.target as TicketForm;
    this.notice = null;
    try {
      const { ticket, ahead } = await this.#visit.open(event.detail);
      form.sent();
      this.#show(ticket, ahead);
    } catch (error) {
      await form.fail(error);
      return;
    }
    await this.updateComplete;
    this.focus();
  }

  async #forget(): Promise<void> {
    try {
      await this.#visit.forgetDevice();
    } catch (error) {
      this.notice = errorText(error);
      return;
    }
    this.chat?.forget();
    this.chat = null;
    this.#showForm();
    this.notice = t("visit.forgotten");
  }

  #answer(yes: boolean): void {
    const { question } = this;
    this.question = null;
    if (!yes) return;
    if (question === "end") void this.renderRoot.querySelector<ChatView>("dw-chat")?.end();
    else void this.#forget();
  }

  override render() {
    return html`<header class="bar">
        <strong class="company">${this.portal?.name ?? ""}</strong>
        ${this.portal ? this.#menu() : nothing}
        <slot name="actions"></slot>
      </header>
      ${this.notice === null
        ? nothing
        : html`<p class="notice" role="status">
            <span>${this.notice}</span>
            <button class="bare icon" aria-label=${t("dialog.close")} @click=${() => (this.notice = null)}>
              <dw-icon name="close"></dw-icon>
            </button>
          </p>`}
      ${this.#content()} ${this.extras?.questionDialog(this.question, (yes) => this.#answer(yes)) ?? nothing}`;
  }

  #content() {
    const { portal, chat } = this;
    if (this.view === "chat" && chat) {
      return html`<dw-chat
        role="main"
        .chat=${chat}
        .visit=${this.#visit}
        ?active=${this.active}
        @new-ticket=${() => this.#showForm()}
      ></dw-chat>`;
    }
    if (this.view === "form" && portal) return this.#form(portal);
    if (this.view === "list" && this.extras) {
      return this.extras.requests(this.#visit.session.tickets, (ticket) => this.#show(ticket), () => this.#showForm());
    }
    return this.#nothingYet();
  }

  #form(portal: Portal) {
    const { name, verified } = this.#visit.session;
    return html`<main>
      <h1>${t("form.title")}</h1>
      <p class="lead">${t("form.lead")}</p>
      <dw-ticket-form
        .portal=${portal}
        .person=${{ name, verified }}
        memory=${`${this.#visit.memory}draft`}
        @problem=${this.#problem}
      ></dw-ticket-form>
    </main>`;
  }

  #nothingYet() {
    if (this.view === "loading") return html`<main class="loading" aria-busy="true"><i></i><i></i><i></i></main>`;
    return html`<main>
      <h1>${t("visit.unreachable")}</h1>
      <p class="lead">${t("visit.unreachable_hint")}</p>
      <button class="primary" @click=${() => (this.#begun = this.#begin())}>${t("message.retry")}</button>
    </main>`;
  }

  #menu() {
    const { chat, extras } = this;
    if (!extras) {
      return html`<button class="bare icon" aria-haspopup="menu" aria-label=${t("menu.label")} @click=${this.#openMenu}>
        <dw-icon name="more"></dw-icon>
      </button>`;
    }
    const { known, tickets } = this.#visit.session;
    const items = extras.menuItems(
      { known, tickets: tickets.length, chat: this.view === "chat" && chat ? chat.ticket : null },
      {
        end: () => (this.question = "end"),
        forget: () => (this.question = "forget"),
        form: () => this.#showForm(),
        list: () => this.#showList(),
        save: () => chat && void this.#save(chat),
        changed: () => this.requestUpdate(),
      },
    );
    return html`<dw-menu label=${t("menu.label")} .items=${items}></dw-menu>`;
  }

  async #openMenu(): Promise<void> {
    try {
      this.extras = await import("./extras.ts");
    } catch {
      this.notice = t("error.unreachable");
      return;
    }
    await this.updateComplete;
    await this.renderRoot.querySelector("dw-menu")?.show();
  }

  #showList(): void {
    this.chat?.leave();
    this.chat = null;
    this.view = "list";
  }

  async #save(chat: Chat): Promise<void> {
    try {
      await this.extras?.saveTranscript(this.#visit, chat.id);
    } catch (error) {
      this.notice = errorText(error);
    }
  }
}

/** Look and language, before a page draws anything. */
export async function preparePage(): Promise<void> {
  applyTheme();
  await startTexts({}, catalogs);
}

customElements.define("dw-customer", Customer);

declare global {
  interface HTMLElementTagNameMap {
    "dw-customer": Customer;
  }
}
