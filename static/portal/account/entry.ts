/**
 * `<dw-entry>`: sign in, make an account, or choose the password that a link asks for. What was typed into a form before
 * stays there and is shown again afterwards.
 */

import { LitElement, html, nothing } from "lit";
import { post } from "../../shared/api.ts";
import { t as common } from "../../shared/i18n.ts";
import type { CustomerSession, Invitation, Storage } from "../../shared/protocol.d.ts";
import { Refusal } from "../../shared/refusal.ts";
import { recallJson } from "../../shared/storage.ts";
import { controls } from "../../shared/styles.ts";
import { deviceHints } from "../device.ts";
import type { Journey } from "../journey.ts";
import type { Values } from "../problem-form.ts";
import { accountStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";
import { inWords } from "./words.ts";

/** From here on somebody is told how long to wait, and presses again. */
const LONG_MS = 5_000;

type Way = "sign-in" | "register" | "password";

export class Entry extends LitElement {
  static override properties = {
    journey: { attribute: false },
    link: {},
    way: { state: true },
    busy: { state: true },
    why: { state: true },
    invited: { state: true },
  };
  declare journey: Journey;
  /** The secret of an invitation, with which a password is chosen. */
  declare link: string | null;
  declare private way: Way;
  declare private busy: boolean;
  declare private why: string;
  declare private invited: Invitation | null;

  static override styles = [controls, accountStyles];

  constructor() {
    super();
    texts.follow(this);
    this.link = null;
    this.way = "sign-in";
    this.busy = false;
    this.why = "";
    this.invited = null;
  }

  override firstUpdated(): void {
    if (this.link !== null) void this.#look(this.link);
    else if (!matchMedia("(pointer: coarse)").matches) this.renderRoot.querySelector("input")?.focus();
  }

  async #look(link: string): Promise<void> {
    try {
      this.invited = await post<Invitation>(`${this.journey.visit.api}/invitation`, { link });
      this.way = "password";
    } catch (error) {
      const gone = error instanceof Refusal && error.code === "not_found";
      this.why = gone ? t("account.link_bad") : inWords(error);
    }
  }

  override render() {
    const { portal } = this.journey;
    const newcomer = this.way !== "sign-in";
    return html`<h1>${t(TITLES[this.way])}</h1>
      <p class="lead">${this.#lead()}</p>
      ${this.why === "" ? nothing : html`<p class="error" role="alert">${this.why}</p>`}
      <form @submit=${this.#submit}>
        ${this.way === "register" ? this.#field("name", "text", "name") : nothing}
        ${this.way === "password" ? nothing : this.#field("email", "email", "username")}
        ${this.#field("password", "password", newcomer ? "new-password" : "current-password")}
        ${newcomer ? html`<p class="soft">${t("account.length")}</p>` : nothing} ${this.#along()}
        <div class="buttons">
          <button class="primary" ?disabled=${this.busy}>${t(ACTIONS[this.way])}</button>
          ${portal?.self_registration && this.way !== "password" ? this.#other() : nothing} ${this.#back()}
        </div>
      </form>
      ${newcomer ? nothing : html`<p class="soft">${t("account.forgot")}</p>`}
      ${portal?.ways.keys && this.way !== "password"
        ? html`<button class="link" @click=${() => this.journey.ask("key")}>${common("visit.have_key")}</button>`
        : nothing}`;
  }

  #lead(): string {
    if (this.invited) return t("account.choose_lead", { name: this.invited.name, email: this.invited.email });
    if (this.way === "register") return t("account.register_lead");
    return t(this.journey.portal?.sign_in === "required" ? "account.required" : "account.offered");
  }

  #field(name: "name" | "email" | "password", type: string, complete: string) {
    return html`<label
      >${t(`account.${name}`)}
      <input
        name=${name}
        type=${type}
        autocomplete=${complete}
        required
        maxlength=${name === "password" ? 128 : 254}
        minlength=${name === "password" && this.way !== "sign-in" ? 12 : 1}
      />
    </label>`;
  }

  /** Only who has written here before is asked. */
  #along() {
    const { session } = this.journey.visit;
    if (session.account !== null || session.verified || session.tickets.length === 0) return nothing;
    return html`<label class="box"><input type="checkbox" name="along" checked />${t("account.take_along")}</label>`;
  }

  #other() {
    const way: Way = this.way === "register" ? "sign-in" : "register";
    const go = (): void => {
      this.way = way;
      this.why = "";
    };
    return html`<button type="button" class="link" @click=${go}>
      ${t(way === "register" ? "account.no_account" : "account.have_account")}
    </button>`;
  }

  /** Who came by the menu may go on without an account. */
  #back() {
    const { journey } = this;
    if (this.way === "password" || journey.account?.asked(journey)) return nothing;
    return html`<button type="button" @click=${() => this.#goOn()}>${t("account.back")}</button>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const given = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    this.why = "";
    try {
      await this.#patiently(() => this.#enter(given));
    } catch (error) {
      this.why = inWords(error);
    } finally {
      this.busy = false;
    }
  };

  /** Whoever has mistyped once is made to wait a second or two by the server; nobody has to press again for that. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const wait = error instanceof Refusal && error.code === "too_many" ? (error.retry_after_ms ?? LONG_MS) : LONG_MS;
      if (wait >= LONG_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
      await work();
    }
  }

  async #enter(given: FormData): Promise<void> {
    const { visit } = this.journey;
    const before = visit.token;
    let known = this.way === "sign-in";
    const send = async (storage: Storage): Promise<CustomerSession> => {
      const body = { ...this.#said(given, known), storage };
      const answer = await post<CustomerSession>(`${visit.api}/${known ? "sign-in" : this.way}`, body, { token: before });
      known = true; // where the cookie does not come back, the account is there by now all the same
      return answer;
    };
    await visit.enter(send, () => visit.session.account !== null);
    this.#goOn();
  }

  #goOn(): void {
    this.journey.enter(this.#halfWritten() ? "new" : "");
  }

  /** What somebody was about to send comes first, a key with which he was let in as well. */
  #halfWritten(): boolean {
    const { admitted, visit } = this.journey;
    const { subject, description } = recallJson<{ readonly values: Values }>(`${visit.memory}draft`)?.values ?? {};
    return admitted !== null || Boolean(subject || description);
  }

  #said(given: FormData, known: boolean) {
    const said = (name: string): string => String(given.get(name) ?? "").trim();
    const email = said("email") || (this.invited?.email ?? "");
    const who = {
      "sign-in": { email },
      register: { email, name: said("name") },
      password: { link: this.link ?? "" },
    }[known ? "sign-in" : this.way];
    return { ...who, password: String(given.get("password")), take_along: given.has("along"), device: deviceHints() };
  }
}

const TITLES = { "sign-in": "account.sign_in", register: "account.register", password: "account.choose" } as const;
const ACTIONS = { "sign-in": "account.sign_in", register: "account.register", password: "account.choose_action" } as const;

customElements.define("dw-entry", Entry);

declare global {
  interface HTMLElementTagNameMap {
    "dw-entry": Entry;
  }
}
