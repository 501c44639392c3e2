/** `<dw-workplace>`: the signed-in console: its panes, its addresses after `#`, its keys. */
import { LitElement, html, nothing } from "lit";
import "../../shared/connection-bar.ts";
import { codeText } from "../../shared/error-text.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import { LatePart } from "../../shared/late.ts";
import { refusedBy } from "../../shared/steps.ts";
import { Follow } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import type { StaffStep } from "../desk/steps.ts";
import type { Action } from "../model/keymap.ts";
import { HOME, back, format, parse, type Route } from "../model/route.ts";
import "./account-page.ts";
import "./availability.ts";
import "./details.ts";
import { Keyboard } from "./keyboard.ts";
import "./my-tickets.ts";
import "./rail.ts";
import "./search.ts";
import "./shared-list.ts";
import "./shortcuts.ts";
import { timeOf } from "./looks.ts";
import { Sides } from "./sides.ts";
import "./splitter.ts";
import "./ticket.ts";
import "./toasts.ts";
import { workplaceStyles } from "./workplace.css.ts";

/** Below this width one pane is shown at a time, as workplace.css.ts does it. */
const PHONE = "(max-width: 639px)";

const STEPS: readonly Action[] = ["assign", "join", "unassign", "end_chat", "close", "reopen"];

export class Workplace extends LitElement {
  static override properties = {
    desk: { attribute: false },
    route: { state: true },
    help: { state: true },
    keys: { state: true },
    pane: { reflect: true },
  };
  declare desk: Desk;
  declare private route: Route;
  /** The shortcuts are shown. */
  declare private help: boolean;
  /** The dialog of session keys is shown. */
  declare private keys: boolean;
  /** What a phone shows. */
  declare pane: string;

  static override styles = [controls, workplaceStyles];

  readonly #sides = new Sides(this);
  /** Loaded at the first visit, and kept: what is being changed there survives a look elsewhere. */
  readonly #admin = new LatePart(this, () => this.#administers, () => import("../admin/admin.ts"));

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk, this.desk.mine, this.desk.chats]);
    new Keyboard(this, () => this.desk.preferences.now.shortcuts, (action) => this.#do(action));
    this.route = HOME;
    this.help = this.keys = false;
    this.pane = "tickets";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#arrive);
    this.desk.notices.onopen = (ticket) => this.#open(ticket);
    this.#arrive();
    this.desk.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#arrive);
  }

  override willUpdate(): void {
    const { account, ticket, details, side } = this.route;
    this.pane = this.#administers ? "admin" : account ? "account" : !ticket ? side : details ? "details" : "ticket";
    this.#entitle();
  }

  #entitle(): void {
    const { unread } = this.desk.mine;
    const key = this.route.ticket ? this.desk.summary(this.route.ticket)?.key : undefined;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${key ? `${key} · ` : ""}Deskwire`;
  }

  override render() {
    const { route } = this;
    return html`
      <div class="connection">${this.#connection()} ${this.#absence()}</div>
      <div class="body" @click=${this.#follow} @go-back=${this.#back} @toggle-details=${this.#toggleDetails} @show-help=${() => (this.help = true)} @session-keys=${this.#showKeys}>
        <dw-rail .desk=${this.desk} .route=${route}></dw-rail>
        <main>
          ${this.#side()}
          <dw-splitter class="list-edge" label=${t("pane.list_width")} .value=${this.#sides.widths.list} @drag-by=${this.#sides.resize("list", 1)}></dw-splitter>
          <section class="middle" aria-label=${t("pane.middle")}>
            ${route.account ? html`<dw-account .desk=${this.desk}></dw-account>` : this.#ticket()}
          </section>
          ${this.#details()}
        </main>
        ${this.#admin.part ? html`<dw-admin ?hidden=${!this.#administers} .desk=${this.desk} .place=${route.admin ?? []}></dw-admin>` : nothing}
      </div>
      <dw-toasts .toasts=${this.desk.toasts}></dw-toasts>
      ${this.keys ? html`<dw-session-keys .desk=${this.desk} @close=${() => (this.keys = false)}></dw-session-keys>` : nothing}
      <dw-shortcuts ?open=${this.help} @close=${() => (this.help = false)}></dw-shortcuts>
    `;
  }

  /** Here are the pages of administrators; for others there are none. */
  get #administers(): boolean {
    return this.route.admin !== null && this.desk.me.role === "administrator";
  }

  #connection() {
    if (!this.desk.turnedAway) return html`<dw-connection-bar .state=${this.desk.connection}></dw-connection-bar>`;
    return html`<p class="turned-away" role="alert">
      ${t("connection.turned_away")}
      <button class="link" @click=${() => this.desk.reconnect()}>${t("connection.reconnect")}</button>
    </p>`;
  }

  #absence() {
    const { absence } = this.desk;
    if (!absence) return nothing;
    const { since, until, lost } = absence;
    return html`<p class="absence" role="alert">
      ${t("absence.seen", { from: timeOf(since), to: timeOf(until) })}
      ${lost.length > 0 ? t("absence.lost", { keys: lost.join(", ") }) : nothing}
      <button class="link" @click=${() => this.desk.dismissAbsence()}>${t("dialog.close")}</button>
    </p>`;
  }

  #side() {
    const { side, ticket } = this.route;
    const heading = side === "search" ? "search.label" : "list.label";
    return html`<section class="side" aria-label=${t("pane.side")}>
      <div class="bar">
        <h1><span class="desk-title">${t(heading)}</span><span class="phone-title">${t(side === "mine" ? "mine.heading" : heading)}</span></h1>
        <dw-availability .desk=${this.desk}></dw-availability>
      </div>
      <dw-search ?hidden=${side !== "search"} .desk=${this.desk} .selected=${ticket}></dw-search>
      <dw-shared-list
        ?hidden=${side === "search"}
        .desk=${this.desk}
        .selected=${ticket}
        @open-ticket=${this.#chosen}
      ></dw-shared-list>
      <dw-my-tickets .desk=${this.desk} .selected=${ticket}></dw-my-tickets>
    </section>`;
  }

  #ticket() {
    const { ticket } = this.route;
    if (!ticket) {
      const unset = this.desk.welcomed && this.desk.companies.length === 0 && this.desk.me.role === "administrator";
      return html`<div class="nothing">
        ${unset ? html`<p>${t("pane.unset")} <a href="#/admin">${t("rail.admin")}</a></p>` : html`<p>${t("pane.nothing")}</p>`}
        <p class="keys">${t("pane.keys")} <kbd>J</kbd> <kbd>K</kbd> <kbd>⏎</kbd> · <kbd>/</kbd> · <kbd>?</kbd></p>
      </div>`;
    }
    return html`<dw-ticket
      .desk=${this.desk}
      .ticket=${ticket}
      .event=${this.route.event}
      .active=${this.pane === "ticket" || !matchMedia(PHONE).matches}
    ></dw-ticket>`;
  }

  #details() {
    const { ticket, account } = this.route;
    if (!ticket || account) return nothing;
    return html`<dw-splitter
        class="details-edge"
        label=${t("pane.details_width")}
        .value=${this.#sides.widths.details}
        @drag-by=${this.#sides.resize("details", -1)}
      ></dw-splitter>
      <div class="scrim" @click=${this.#toggleDetails}></div>
      <section class="details" aria-label=${t("pane.details")}>
        <dw-details .desk=${this.desk} .ticket=${ticket}></dw-details>
      </section>`;
  }

  async #showKeys(): Promise<void> {
    try {
      await import("./session-keys/index.ts");
      this.keys = true;
    } catch {
      this.desk.toasts.say(t("error.unreachable"), { tone: "warning" });
    }
  }

  // --- addresses -----------------------------------------------------------------------------------------------------

  readonly #arrive = (): void => {
    this.route = parse(location.hash);
    this.desk.open(this.route.ticket);
  };

  /** The browser tells of the new address a moment later; a key pressed meanwhile must not hit the old ticket. */
  #go(route: Route): void {
    location.hash = format(route);
    this.#arrive();
  }

  /** Links inside the console, without the moment between. With a modifier key they are the browser's. */
  #follow(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    const hash = link?.getAttribute("href") ?? "";
    if (!hash.startsWith("#/")) return;
    event.preventDefault();
    this.#go(parse(hash));
  }

  #open(ticket: string): void {
    this.#go({ ...HOME, side: this.route.side, ticket });
    if (matchMedia(PHONE).matches) void this.updateComplete.then(() => this.#find("dw-ticket")?.focus());
  }

  #chosen(event: CustomEvent<string>): void {
    this.#open(event.detail);
  }

  #back(): void {
    this.#go(back(this.route));
  }

  #toggleDetails(): void {
    if (this.route.ticket) this.#go({ ...this.route, details: !this.route.details, event: null });
  }

  // --- keys ----------------------------------------------------------------------------------------------------------

  #do(action: Action): void {
    if (STEPS.includes(action)) return void this.#step(action as StaffStep);
    switch (action) {
      case "help":
        this.help = true;
        return;
      case "session_key":
        return void this.#showKeys();
      case "search":
        return this.#focusSide("search", "dw-search");
      case "list":
        return this.#focusSide("tickets", "dw-shared-list");
      case "mine":
        return this.#focusSide(this.route.side, "dw-my-tickets");
      case "next":
      case "previous":
        this.#find("dw-shared-list")?.move(action === "next" ? "j" : "k");
        return;
      case "open":
        return this.#find("dw-shared-list")?.openActive();
      case "refresh":
        return this.#find("dw-shared-list")?.refresh();
      case "reply":
      case "note":
        return this.#find("dw-ticket")?.write(action);
      case "details":
        return this.#toggleDetails();
      case "undo":
        void this.desk.steps.undo();
        return;
      case "back":
        return this.#back();
      default:
    }
  }

  #focusSide(side: Route["side"], element: "dw-search" | "dw-shared-list" | "dw-my-tickets"): void {
    if (this.route.side !== side || this.route.account || this.route.admin) this.#go({ ...this.route, side, account: false, admin: null, event: null });
    void this.updateComplete.then(() => this.#find(element)?.focus());
  }

  /** Takes the step, or says which rule forbids it. Fast fingers wait for the step before. */
  async #step(step: StaffStep): Promise<void> {
    const { ticket } = this.route;
    if (!ticket) return;
    await this.desk.steps.settled(ticket);
    const summary = this.desk.summary(ticket);
    if (!summary) return;
    const rule = refusedBy(summary, step, this.desk.me.id);
    if (rule !== null) {
      this.desk.toasts.say(codeText(rule) ?? rule, { tone: "warning" });
      return;
    }
    const taken = await this.desk.steps.take(step, summary);
    // whoever joins wants to write
    if (taken && step === "join") this.#find("dw-ticket")?.write("reply");
  }

  #find<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] | null {
    return this.renderRoot.querySelector(name);
  }
}

customElements.define("dw-workplace", Workplace);

declare global {
  interface HTMLElementTagNameMap {
    "dw-workplace": Workplace;
  }
}
