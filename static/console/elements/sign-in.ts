/** `<dw-sign-in>`: e-mail and password, then the code where the account asks for one. Fires `signed-in` with the answer. */
import { LitElement, html, nothing } from "lit";
import { emit } from "../../shared/emit.ts";
import { errorText } from "../../shared/error-text.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { Refusal } from "../../shared/refusal.ts";
import { controls } from "../../shared/styles.ts";
import { signIn } from "../account.ts";
import { field } from "./fields.ts";
import { formStyles } from "./form.css.ts";
import { languageChoice } from "./language-choice.ts";

export class SignInPage extends LitElement {
  static override properties = { why: {}, busy: { state: true }, failure: { state: true }, asksCode: { state: true } };
  /** Why one is here again: the session has ended. */
  declare why: string;
  declare private busy: boolean;
  declare private failure: string;
  declare private asksCode: boolean;

  static override styles = [controls, formStyles];

  /** What the server says where this page came over a line that others can read. */
  readonly #insecure = "insecure" in document.body.dataset;

  constructor() {
    super();
    new Texts(this);
    this.why = "";
    this.busy = false;
    this.failure = "";
    this.asksCode = false;
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>("input")?.focus();
  }

  override render() {
    return html`<main class="sheet">
      <div class="card">
        <div>
          <h1>Deskwire</h1>
          <p class="lead">${this.why || t("sign_in.lead")}</p>
        </div>
        ${this.#insecure ? html`<p class="insecure" role="alert">${t("sign_in.insecure")}</p>` : nothing}
        <form @submit=${this.#submit}>
          <label>
            ${t("sign_in.email")}
            <input name="email" type="email" autocomplete="username" required maxlength="254" autocapitalize="none" />
          </label>
          <label>
            ${t("sign_in.password")}
            <input name="password" type="password" autocomplete="current-password" required maxlength="128" />
          </label>
          ${this.asksCode ? this.#code() : nothing}
          <p class="error" role="alert">${this.failure}</p>
          <button class="primary" ?disabled=${this.busy}>${t("sign_in.action")}</button>
        </form>
      </div>
      ${languageChoice("language")}
    </main>`;
  }

  #code() {
    return html`<div>
      <label>
        ${t("sign_in.code")}
        <input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required aria-describedby="hint" />
      </label>
      <p class="hint" id="hint">${t("sign_in.code_hint")}</p>
    </div>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.busy = true;
    this.failure = "";
    try {
      const code = this.asksCode ? field(form, "code") : null;
      emit(this, "signed-in", await signIn(field(form, "email").trim(), field(form, "password"), code));
    } catch (error) {
      await this.#refused(error);
    } finally {
      this.busy = false;
    }
  }

  async #refused(error: unknown): Promise<void> {
    const code = error instanceof Refusal ? error.code : "";
    if (code === "code_required") {
      this.asksCode = true;
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("[name=code]")?.focus();
    } else if (code === "unauthenticated") {
      this.failure = t(this.asksCode ? "sign_in.wrong_code" : "sign_in.wrong");
    } else this.failure = errorText(error);
  }
}

customElements.define("dw-sign-in", SignInPage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-sign-in": SignInPage;
  }
}
