/** `<dw-console>`: the page `/console`. Who is signed in decides what it shows: sign-in, a password to choose, or the desk. */
import { LitElement, css, html, nothing } from "lit";
import { errorText } from "../shared/error-text.ts";
import type { SignedIn } from "../shared/protocol.d.ts";
import { Texts, startTexts, t } from "../shared/i18n.ts";
import { Refusal } from "../shared/refusal.ts";
import { controls } from "../shared/styles.ts";
import { applyTheme } from "../shared/theme.ts";
import { signOut, signOutEverywhere, whoAmI } from "./account.ts";
import { catalogs, english } from "./catalogs.ts";
import { Desk } from "./desk/desk.ts";
import { formStyles } from "./elements/form.css.ts";
import "./elements/password-form.ts";
import "./elements/sign-in.ts";
import "./elements/workplace.ts";

type Stage = "starting" | "signed-out" | "new-password" | "working" | "unreachable";

export class ConsolePage extends LitElement {
  static override properties = { stage: { state: true }, why: { state: true } };
  declare private stage: Stage;
  declare private why: string;

  static override styles = [
    controls,
    formStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];

  #desk: Desk | null = null;
  #email = "";

  constructor() {
    super();
    new Texts(this);
    this.stage = "starting";
    this.why = "";
    void this.#start();
  }

  override render() {
    switch (this.stage) {
      case "signed-out":
        return html`<dw-sign-in why=${this.why} @signed-in=${(event: CustomEvent<SignedIn>) => this.#enter(event.detail)}></dw-sign-in>`;
      case "new-password":
        return this.#newPassword();
      case "working":
        return html`<dw-workplace
          .desk=${this.#desk}
          @sign-out=${() => void this.#leave(signOut)}
          @sign-out-everywhere=${() => void this.#leave(signOutEverywhere)}
        ></dw-workplace>`;
      case "unreachable":
        return this.#unreachable();
      default:
        return nothing;
    }
  }

  #newPassword() {
    return html`<main class="sheet">
      <div class="card">
        <div>
          <h1>${t("password.choose")}</h1>
          <p class="lead">${t("password.choose_lead")}</p>
        </div>
        <dw-password-form one-time email=${this.#email} @password-changed=${() => void this.#start()}></dw-password-form>
        <button class="bare" @click=${() => void this.#leave(signOut)}>${t("account.sign_out")}</button>
      </div>
    </main>`;
  }

  #unreachable() {
    return html`<main class="sheet">
      <div class="card">
        <h1>Deskwire</h1>
        <p class="error" role="alert">${this.why}</p>
        <button class="primary" @click=${() => void this.#start()}>${t("message.retry")}</button>
      </div>
    </main>`;
  }

  async #start(): Promise<void> {
    try {
      this.#enter(await whoAmI());
    } catch (error) {
      const unknown = error instanceof Refusal && error.code === "unauthenticated";
      this.why = unknown ? "" : errorText(error);
      this.stage = unknown ? "signed-out" : "unreachable";
    }
  }

  #enter({ me, must_change_password }: SignedIn): void {
    this.#email = me.email;
    if (must_change_password) {
      this.stage = "new-password";
      return;
    }
    this.#desk = new Desk(me);
    this.#desk.onsignedout = () => this.#ended(t("sign_in.ended"));
    this.stage = "working";
  }

  async #leave(how: () => Promise<void>): Promise<void> {
    try {
      await how();
      this.#ended(t("sign_in.left"));
    } catch (error) {
      if (error instanceof Refusal && error.code === "unauthenticated") this.#ended(t("sign_in.left"));
      else this.#desk?.toasts.say(errorText(error), { tone: "warning" });
    }
  }

  #ended(why: string): void {
    this.#desk?.dispose();
    this.#desk = null;
    this.why = why;
    this.stage = "signed-out";
    document.title = "Deskwire";
  }
}

applyTheme();
await startTexts(english, catalogs);
customElements.define("dw-console", ConsolePage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-console": ConsolePage;
  }
}
