/** `<dw-password-form>`: the present password and a new one. Fires `password-changed`. */
import { LitElement, css, html } from "lit";
import { emit } from "../../shared/emit.ts";
import { errorText } from "../../shared/error-text.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { Refusal } from "../../shared/refusal.ts";
import { controls } from "../../shared/styles.ts";
import { changePassword } from "../account.ts";
import { field } from "./fields.ts";
import { formStyles } from "./form.css.ts";

/** As server/protocol/rest.py says. */
const LEAST_CHARS = 12;

export class PasswordForm extends LitElement {
  static override properties = { email: {}, oneTime: { type: Boolean, attribute: "one-time" }, busy: { state: true }, failure: { state: true } };
  /** For password managers, so that they know whose password this is. */
  declare email: string;
  /** The present password is the one-time password of the command line. */
  declare oneTime: boolean;
  declare private busy: boolean;
  declare private failure: string;

  static override styles = [
    controls,
    formStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.email = "";
    this.oneTime = false;
    this.busy = false;
    this.failure = "";
  }

  override render() {
    return html`<form @submit=${this.#submit}>
      <input class="unseen" name="email" type="email" autocomplete="username" .value=${this.email} tabindex="-1" aria-hidden="true" readonly />
      <label>
        ${t(this.oneTime ? "password.one_time" : "password.current")}
        <input name="current" type="password" autocomplete="current-password" required maxlength="128" />
      </label>
      <div>
        <label>
          ${t("password.new")}
          <input name="new" type="password" autocomplete="new-password" required minlength=${LEAST_CHARS} maxlength="128" aria-describedby="rule" />
        </label>
        <p class="hint" id="rule">${t("password.rule", { n: LEAST_CHARS })}</p>
      </div>
      <label>
        ${t("password.again")}
        <input name="again" type="password" autocomplete="new-password" required maxlength="128" />
      </label>
      <p class="error" role="alert">${this.failure}</p>
      <button class="primary" ?disabled=${this.busy}>${t("password.action")}</button>
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const wanted = field(form, "new");
    this.failure = wanted === field(form, "again") ? "" : t("password.differ");
    if (this.failure) return;
    this.busy = true;
    try {
      await changePassword(field(form, "current"), wanted);
      form.reset();
      emit(this, "password-changed");
    } catch (error) {
      this.failure = why(error);
    } finally {
      this.busy = false;
    }
  }
}

function why(error: unknown): string {
  if (error instanceof Refusal && error.field === "current") return t("password.wrong");
  if (error instanceof Refusal && error.field === "new") return t("password.weak");
  return errorText(error);
}

customElements.define("dw-password-form", PasswordForm);

declare global {
  interface HTMLElementTagNameMap {
    "dw-password-form": PasswordForm;
  }
}
