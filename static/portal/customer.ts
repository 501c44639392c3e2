/**
 * `<dw-customer slug>`: everything a customer does, for the portal page and the widget alike: describe a problem, chat,
 * come back, switch between tickets, forget the device. The shells around it draw the frame.
 *
 * Fires `unread` (detail: number), `portal` (detail: Portal) once it is known, and `place` (detail: key of the ticket on
 * the screen, or null for the form). Slot `actions`: buttons of the shell beside the menu.
 */

import { LitElement, html, nothing } from "lit";
import { startTexts, Texts, t } from "../shared/i18n.ts";
import "../shared/icon.ts";
import type { Portal } from "../shared/protocol.d.ts";
import { controls } from "../shared/styles.ts";
import { applyTheme } from "../shared/theme.ts";
import { isSaid, type Line } from "../shared/transcript.ts";
import { catalogs } from "./catalogs.ts";
import "./chat-view.ts";
import { customerStyles } from "./customer-styles.ts";
import { Journey } from "./journey.ts";
import "./ticket-form.ts";
import type { TicketForm } from "./ticket-form.ts";
import type { Problem } from "./visit.ts";

export class Customer extends LitElement {
  static override properties = {
    slug: {},
    place: {},
    arrival: { attribute: false },
    active: { type: Boolean },
    extras: { state: true },
  };
  declare slug: string;
  /** Which ticket to begin with: its key, "new" for the form, or nothing for the one that is going on. */
  declare place: string;
  /** The secret with which the page was opened: "resume=…" or "phone=…". */
  declare arrival: string | null;
  /** false: not on the screen. */
  declare active: boolean;
  /** Menu, questions, tickets, sound: loaded when the first of them is wanted. */
  declare private extras: typeof import("./extras.ts") | null;

  static override styles = [controls, customerStyles];

  #journey = new Journey(this, "");

  constructor() {
    super();
    new Texts(this);
    this.slug = this.place = "";
    this.arrival = this.extras = null;
    this.active = true;
  }

  override firstUpdated(): void {
    this.#journey = new Journey(this, this.slug);
    this.#journey.begin(this.place, this.arrival);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#journey.chat?.leave();
  }

  override updated(): void {
    // the chat changes inside; its element cannot see that
    this.renderRoot.querySelector("dw-chat")?.requestUpdate();
    if (this.#journey.question && !this.extras) void this.#more();
  }

  /** Puts the focus where the next thing is to be typed; not on phones, where the keyboard would cover half of the page. */
  override focus(): void {
    if (matchMedia("(pointer: coarse)").matches) return;
    this.renderRoot.querySelector<HTMLElement>("dw-chat, dw-ticket-form, dw-doors")?.focus();
  }

  /** Becomes the person whom the embedding site has signed. */
  async identify(jwt: string): Promise<void> {
    await this.updateComplete;
    await (await import("./identify.ts")).identify(this.#journey, jwt);
  }

  /** A sound, unless the customer is looking anyway. */
  async heard({ event }: Line): Promise<void> {
    const watched = this.active && document.visibilityState === "visible" && document.hasFocus();
    if (watched || (!isSaid(event) && event.kind !== "joined")) return;
    this.extras ??= await import("./extras.ts");
    this.extras.beep();
  }

  async #problem(event: CustomEvent<Problem>): Promise<void> {
    const form = event.target as TicketForm;
    try {
      await this.#journey.open(event.detail);
    } catch (error) {
      await form.fail(error);
      this.#journey.live?.look(); // it may not be offered any more
      return;
    }
    form.sent();
    await this.updateComplete;
    this.focus();
  }

  override render() {
    const { portal, notice } = this.#journey;
    return html`<header class="bar">
        <strong class="company">${portal?.name ?? ""}</strong>
        ${portal ? this.#menu() : nothing}
        <slot name="actions"></slot>
      </header>
      ${notice === null
        ? nothing
        : html`<p class="notice" role="status">
            <span>${notice}</span>
            <button class="bare icon" aria-label=${t("dialog.close")} @click=${() => this.#journey.say(null)}>
              <dw-icon name="close"></dw-icon>
            </button>
          </p>`}
      ${this.#journey.news?.(this.#journey)} ${this.#content()} ${this.extras?.dialog(this.#journey) ?? nothing}`;
  }

  #content() {
    const { view, portal, chat, visit } = this.#journey;
    if (view === "chat" && chat) {
      return html`<dw-chat
        role="main"
        .chat=${chat}
        .visit=${visit}
        ?active=${this.active}
        @new-ticket=${() => this.#journey.enterForm()}
        @use-phone=${() => this.#journey.ask("phone")}
        @choose-language=${() => this.#journey.ask("language")}
      ></dw-chat>`;
    }
    const page = this.#journey.page ?? (view === "form" && this.#journey.front);
    if (page) return page(this.#journey);
    if (view === "form" && portal) return this.#form(portal);
    if (view === "loading") return html`<main class="loading" aria-busy="true"><i></i><i></i><i></i></main>`;
    return html`<main>
      <h1>${t("visit.unreachable")}</h1>
      <p class="lead">${t("visit.unreachable_hint")}</p>
      <button class="primary" @click=${() => this.#journey.begin(this.place, this.arrival)}>${t("message.retry")}</button>
    </main>`;
  }

  #form(portal: Portal) {
    const { session, memory } = this.#journey.visit;
    return html`<main>
      <h1>${t("form.title")}</h1>
      <p class="lead">${t("form.lead")}</p>
      <button class="link" @click=${() => this.#journey.ask("key")}>${t("visit.have_key")}</button>
      <dw-ticket-form
        .portal=${portal}
        .person=${session}
        memory=${`${memory}draft`}
        @problem=${this.#problem}
      ></dw-ticket-form>
    </main>`;
  }

  #menu() {
    if (!this.extras) {
      return html`<button
        class="bare icon"
        aria-haspopup="menu"
        aria-label=${t("menu.label")}
        @click=${this.#openMenu}
        @keydown=${({ key }: KeyboardEvent) => key === "ArrowDown" && void this.#openMenu()}
      >
        <dw-icon name="more"></dw-icon>
      </button>`;
    }
    const items = this.extras.menuItems(this.#journey);
    return html`<dw-menu label=${t("menu.label")} .items=${items}></dw-menu>`;
  }

  async #openMenu(): Promise<void> {
    await this.#more();
    await this.updateComplete;
    await this.renderRoot.querySelector("dw-menu")?.show();
  }

  async #more(): Promise<void> {
    try {
      this.extras = await import("./extras.ts");
    } catch {
      this.#journey.question = null;
      this.#journey.say(t("error.unreachable"));
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
