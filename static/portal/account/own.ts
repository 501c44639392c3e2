/** Pages of somebody who has signed in: all of his requests, with whom one is shared, another password. */

import { LitElement, html, nothing } from "lit";
import { get, post, remove } from "../../shared/api.ts";
import { t as common } from "../../shared/i18n.ts";
import type { CustomerTicket, OwnTickets, Shares, SharedWith } from "../../shared/protocol.d.ts";
import { controls } from "../../shared/styles.ts";
import type { Journey, Page } from "../journey.ts";
import "../my-requests.ts";
import { accountStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";
import { inWords } from "./words.ts";

export const requests: Page = (journey) => html`<main><dw-own-requests .journey=${journey}></dw-own-requests></main>`;
export const password: Page = (journey) => html`<main><dw-new-password .journey=${journey}></dw-new-password></main>`;
export const sharing =
  (ticket: CustomerTicket): Page =>
  (journey) => html`<main><dw-sharing .journey=${journey} .ticket=${ticket}></dw-sharing></main>`;

/** What these pages have in common. */
class Own extends LitElement {
  static override properties = { journey: { attribute: false }, why: { state: true }, busy: { state: true } };
  declare journey: Journey;
  declare protected why: string;
  declare protected busy: boolean;

  static override styles = [controls, accountStyles];

  constructor() {
    super();
    texts.follow(this);
    this.why = "";
    this.busy = false;
  }

  protected get token() {
    return { token: this.journey.visit.token };
  }

  /** Does it, or says why not. */
  protected async try(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.why = "";
    try {
      await work();
    } catch (error) {
      this.why = inWords(error);
    } finally {
      this.busy = false;
    }
  }

  protected alert() {
    return this.why === "" ? nothing : html`<p class="error" role="alert">${this.why}</p>`;
  }

  /** To this ticket, or to the one that is going on. */
  protected back(ticket: CustomerTicket | null = null) {
    const go = (): void => (ticket ? this.journey.enterChat(ticket) : this.journey.enter(""));
    return html`<button type="button" @click=${go}>${t("account.back")}</button>`;
  }
}

/** `<dw-own-requests>`: the server's list, a page of it, or the one with a key. */
class OwnRequests extends Own {
  static override properties = { ...Own.properties, tickets: { state: true }, more: { state: true } };
  declare private tickets: CustomerTicket[];
  declare private more: boolean;
  #asked: Record<string, string> = {};

  constructor() {
    super();
    this.tickets = [];
    this.more = false;
  }

  override firstUpdated(): void {
    void this.#load({});
  }

  async #load(query: Record<string, string>, kept: CustomerTicket[] = []): Promise<void> {
    this.#asked = query;
    await this.try(async () => {
      const found = await get<OwnTickets>(`${this.journey.visit.api}/my-tickets?${new URLSearchParams(query)}`, this.token);
      if (this.#asked !== query) return; // another question came in between
      this.tickets = [...kept, ...found.tickets];
      this.more = found.more;
    });
  }

  readonly #search = (event: SubmitEvent): void => {
    event.preventDefault();
    const key = String(new FormData(event.target as HTMLFormElement).get("key")).trim();
    void this.#load(key === "" ? {} : { key });
  };

  override render() {
    const last = this.tickets.at(-1);
    return html`<h1>${t("account.requests")}</h1>
      <form role="search" @submit=${this.#search}>
        <label>${t("account.by_key")} <input name="key" type="search" maxlength="40" placeholder="ACME-12" /></label>
      </form>
      ${this.alert()}
      ${this.tickets.length === 0 && !this.busy && this.why === ""
        ? html`<p class="soft">${t(this.#asked["key"] ? "account.none" : "account.empty")}</p>`
        : html`<dw-my-requests
            .tickets=${this.tickets}
            @choose=${(event: CustomEvent<CustomerTicket>) => this.journey.enterChat(event.detail)}
          ></dw-my-requests>`}
      <div class="buttons">
        ${this.more && last
          ? html`<button ?disabled=${this.busy} @click=${() => this.#load({ before: last.id }, this.tickets)}>
              ${t("account.more")}
            </button>`
          : nothing}
        <button class="primary" @click=${() => this.journey.enterForm()}>${common("chat.new_ticket")}</button>
      </div>`;
  }
}

/** `<dw-sharing>`: colleagues who read and comment. */
class Sharing extends Own {
  static override properties = { ...Own.properties, ticket: { attribute: false }, people: { state: true } };
  declare ticket: CustomerTicket;
  declare private people: SharedWith[];

  constructor() {
    super();
    this.people = [];
  }

  get #path(): string {
    return `/api/v1/customer/tickets/${this.ticket.id}/shares`;
  }

  override firstUpdated(): void {
    void this.try(async () => {
      this.people = (await get<Shares>(this.#path, this.token)).shares;
    });
  }

  readonly #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const email = String(new FormData(form).get("email")).trim();
    await this.try(async () => {
      this.people = (await post<Shares>(this.#path, { email }, this.token)).shares;
      form.reset();
    });
  };

  async #remove({ account }: SharedWith): Promise<void> {
    await this.try(async () => {
      await remove(`${this.#path}/${account}`, this.token);
      this.people = this.people.filter((one) => one.account !== account);
      if (account === this.journey.visit.session.account) this.journey.enterPage(requests);
    });
  }

  override render() {
    const { account } = this.journey.visit.session;
    const guest = this.people.some((one) => one.account === account);
    return html`<h1>${t("account.share_heading", { key: this.ticket.key })}</h1>
      <p class="lead">${t("account.share_lead")}</p>
      ${this.alert()}
      <ul>
        ${this.people.map(
          (one) => html`<li class="person">
            <span>${one.name}<br /><span class="soft">${one.email}</span></span>
            ${!guest || one.account === account
              ? html`<button ?disabled=${this.busy} @click=${() => this.#remove(one)}>
                  ${one.account === account ? t("account.leave") : t("account.remove", { name: one.name })}
                </button>`
              : nothing}
          </li>`,
        )}
      </ul>
      ${guest
        ? nothing
        : html`<form @submit=${this.#add}>
            <label>${t("account.share_email")} <input name="email" type="email" required maxlength="254" /></label>
            <div class="buttons"><button class="primary" ?disabled=${this.busy}>${t("account.share_add")}</button></div>
          </form>`}
      <div class="buttons">${this.back(this.ticket)}</div>`;
  }
}

/** `<dw-new-password>`: another password; other browsers have to sign in again. */
class NewPassword extends Own {
  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const body = { current: String(given.get("current")), new: String(given.get("new")) };
    await this.try(async () => {
      await post(`${this.journey.visit.api}/change-password`, body, this.token);
      this.journey.enter("");
      this.journey.say(t("account.changed"));
    });
  };

  override render() {
    return html`<h1>${t("account.change_password")}</h1>
      ${this.alert()}
      <form @submit=${this.#submit}>
        <label>${t("account.current")} <input name="current" type="password" required autocomplete="current-password" maxlength="128" /></label>
        <label>${t("account.new")} <input name="new" type="password" required autocomplete="new-password" minlength="12" maxlength="128" /></label>
        <p class="soft">${t("account.length")}</p>
        <div class="buttons"><button class="primary" ?disabled=${this.busy}>${t("account.change_password")}</button>${this.back()}</div>
      </form>`;
  }
}

customElements.define("dw-own-requests", OwnRequests);
customElements.define("dw-sharing", Sharing);
customElements.define("dw-new-password", NewPassword);
