/**
 * `<dw-waiting>`: how long it usually takes, the portal's own words, the link with which a chat goes on elsewhere, and
 * leaving to be told by e-mail. Where the browser keeps nothing, the link is all that is shown, whether somebody waits or not.
 */

import { LitElement, html, nothing } from "lit";
import { put, remove } from "../../shared/api.ts";
import { errorText } from "../../shared/error-text.ts";
import { language } from "../../shared/i18n.ts";
import "../../shared/icon.ts";
import "../../shared/more-icons.ts";
import type { CustomerTicket, Portal, Wait } from "../../shared/protocol.d.ts";
import { recallJson } from "../../shared/storage.ts";
import { controls } from "../../shared/styles.ts";
import { copyLink } from "../resume-link.ts";
import "../answers.ts";
import type { Visit } from "../visit.ts";
import { rangeOf } from "./range.ts";
import { waitingStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

const COPIED_MS = 2_500;

export class Waiting extends LitElement {
  static override properties = {
    visit: { attribute: false },
    ticket: { attribute: false },
    wait: { attribute: false },
    waits: { type: Boolean },
    portal: { state: true },
    leaving: { state: true },
    left: { state: true },
    problem: { state: true },
    link: { state: true },
    copied: { state: true },
  };
  declare visit: Visit;
  declare ticket: CustomerTicket;
  declare wait: Wait | null;
  /** The ticket is in the queue. */
  declare waits: boolean;
  declare private portal: Portal | null;
  /** The field for the address is shown. */
  declare private leaving: boolean;
  /** Whether the customer has left an address, as far as this page knows better than the ticket. */
  declare private left: boolean | null;
  declare private problem: unknown;
  /** The resume link, shown where it could not be copied. */
  declare private link: string | null;
  declare private copied: boolean;

  static override styles = [controls, waitingStyles];

  #asked: string | null = null;

  constructor() {
    super();
    texts.follow(this);
    this.wait = this.portal = this.left = this.problem = this.link = null;
    this.waits = this.leaving = this.copied = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("portal", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("portal", this.#changed);
  }

  /** The page has looked at the portal again. */
  readonly #changed = ({ detail }: Event & { readonly detail?: Portal }): void => {
    if (detail) this.portal = detail;
  };

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("ticket") as CustomerTicket | undefined;
    if (before && before.id !== this.ticket.id) {
      this.left = this.problem = this.link = null;
      this.leaving = false;
    }
    if (before && before.tell_later !== this.ticket.tell_later) this.left = null; // said here, or on another device
    if (this.waits && this.#asked !== language()) void this.#ask(language());
  }

  /** What the portal says to those who wait, in the language of the page. Without it the rest is shown. */
  async #ask(lang: string): Promise<void> {
    this.#asked = lang;
    try {
      this.portal = await this.visit.look();
    } catch {
      this.#asked = null; // asked again with the next change of the place
    }
  }

  override render() {
    if (!this.waits) return this.visit.lasting ? nothing : this.#notKept();
    return html`${this.wait ? html`<p class="words">${this.#range(this.wait)}</p>` : nothing}
      ${this.portal?.waiting ? html`<p class="words" dir="auto">${this.portal.waiting}</p>` : nothing}
      ${this.visit.lasting || this.visit.session.account !== null ? this.#mayLeave() : this.#notKept()}
      ${this.ticket.issue_type === null
        ? nothing
        : html`<dw-answers .visit=${this.visit} ticket=${this.ticket.id}></dw-answers>`}`;
  }

  #range(wait: Wait): string {
    const { key, params } = rangeOf(wait);
    return t(key, params);
  }

  #notKept() {
    if (this.visit.session.account !== null) return nothing;
    return html`<div class="notice warning"><p>${t("waiting.not_kept")}</p>${this.#link()}</div>`;
  }

  #mayLeave() {
    if (this.left ?? this.ticket.tell_later) {
      return html`<div class="notice">
        <p role="status">${t("waiting.left")}</p>
        <button @click=${() => this.#go(() => this.#stay())}>${t("waiting.stay")}</button>
        ${this.#problem()}
      </div>`;
    }
    const signedIn = this.visit.session.account !== null; // who comes back by signing in has no link
    return html`<div class="notice">
        <p>${t(signedIn ? "waiting.sign_in_again" : "waiting.may_leave")}</p>
        ${signedIn ? nothing : this.#link()}
        ${this.portal?.tell_later && !this.leaving
          ? html`<button @click=${this.#open}>${t("waiting.tell_later")}</button>`
          : nothing}
        ${this.leaving ? nothing : this.#problem()}
      </div>
      ${this.leaving ? this.#form() : nothing}`;
  }

  #form() {
    return html`<form novalidate @submit=${this.#submit}>
      <label for="email">${t("waiting.email")}</label>
      <input id="email" type="email" autocomplete="email" maxlength="254" .value=${this.#knownEmail()} aria-invalid=${this.problem !== null} />
      <button class="primary">${t("waiting.leave")}</button>
      <button type="button" @click=${() => (this.leaving = false)}>${t("waiting.cancel")}</button>
      ${this.#problem()}
    </form>`;
  }

  #problem() {
    if (this.problem === null) return nothing;
    return html`<p class="problem" role="alert">${typeof this.problem === "string" ? this.problem : errorText(this.problem)}</p>`;
  }

  #link() {
    if (this.link !== null) {
      return html`<input class="link" readonly aria-label=${t("waiting.link")} .value=${this.link} @focus=${selectAll} />`;
    }
    return html`<button @click=${() => this.#go(() => this.#copy())}>
        <dw-icon name=${this.copied ? "check" : "copy"}></dw-icon>
        ${t(this.copied ? "waiting.link_copied" : "waiting.copy_link")}
      </button>
      <span class="unseen" role="status">${this.copied ? t("waiting.link_copied") : ""}</span>`;
  }

  /** Of the account, or what the customer has typed into the form that opened the ticket. */
  #knownEmail(): string {
    const draft = recallJson<{ readonly values?: { readonly email?: string } }>(`${this.visit.memory}draft`);
    return this.visit.session.email ?? draft?.values?.email ?? "";
  }

  async #open(): Promise<void> {
    this.leaving = true;
    this.problem = null;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("#email")?.focus();
  }

  #submit(event: Event): void {
    event.preventDefault();
    const email = this.renderRoot.querySelector<HTMLInputElement>("#email")?.value.trim() ?? "";
    if (/^[^@\s]+@[^@\s]+$/.test(email)) void this.#go(() => this.#leave(email));
    else this.problem = t("waiting.email_wrong");
  }

  async #leave(email: string): Promise<void> {
    const { token } = this.visit;
    await put(this.#place, { email }, { token });
    this.left = true;
    this.leaving = false;
  }

  async #stay(): Promise<void> {
    await remove(this.#place, { token: this.visit.token });
    this.left = false;
  }

  get #place(): string {
    return `/api/v1/customer/tickets/${this.ticket.id}/tell-later`;
  }

  /** A link that cannot be copied for the customer is shown, ready to be copied by hand. */
  async #copy(): Promise<void> {
    this.link = await copyLink(this.visit, this.ticket.id);
    this.copied = this.link === null;
    setTimeout(() => (this.copied = false), COPIED_MS);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("input.link")?.focus();
  }

  async #go(action: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = error;
    }
  }
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}

customElements.define("dw-waiting", Waiting);

declare global {
  interface HTMLElementTagNameMap {
    "dw-waiting": Waiting;
  }
}
