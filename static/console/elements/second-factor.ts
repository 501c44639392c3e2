/** `<dw-second-factor>`: TOTP on and off. The secret is shown as text and as a link that authenticators open. */
import { LitElement, css, html, nothing } from "lit";
import { errorText } from "../../shared/error-text.ts";
import type { TotpStart } from "../../shared/protocol.d.ts";
import { emit } from "../../shared/emit.ts";
import { Texts, t } from "../../shared/i18n.ts";
import { Refusal } from "../../shared/refusal.ts";
import { controls } from "../../shared/styles.ts";
import { confirmTotp, startTotp, stopTotp } from "../account.ts";
import { field } from "./fields.ts";
import { formStyles } from "./form.css.ts";

export class SecondFactor extends LitElement {
  static override properties = { on: { type: Boolean }, started: { state: true }, failure: { state: true } };
  declare on: boolean;
  declare private started: TotpStart | null;
  declare private failure: string;

  static override styles = [
    controls,
    formStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
        justify-items: start;
      }
      form {
        width: 100%;
      }
      code {
        display: block;
        padding: 8px 12px;
        border-radius: var(--radius-control);
        background: var(--sunken);
        font: var(--size-14) / var(--leading) var(--font-mono);
        letter-spacing: 0.06em;
        overflow-wrap: anywhere;
        user-select: all;
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.on = false;
    this.started = null;
    this.failure = "";
  }

  override render() {
    if (this.on) return this.#stopping();
    if (this.started) return this.#confirming(this.started);
    return html`<p class="lead">${t("totp.lead")}</p>
      ${this.#error()}
      <button @click=${() => void this.#try(() => this.#start())}>${t("totp.start")}</button>`;
  }

  #confirming({ secret, uri }: TotpStart) {
    const grouped = secret.replace(/(.{4})(?=.)/g, "$1 ");
    return html`<p>${t("totp.secret")}</p>
      <code>${grouped}</code>
      <a href=${uri}>${t("totp.link")}</a>
      <form @submit=${(event: SubmitEvent) => this.#confirm(event)}>
        <label>
          ${t("totp.code")}
          <input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required />
        </label>
        ${this.#error()}
        <div class="buttons">
          <button class="primary">${t("totp.confirm")}</button>
          <button type="button" @click=${() => (this.started = null)}>${t("dialog.cancel")}</button>
        </div>
      </form>`;
  }

  #stopping() {
    return html`<p>${t("totp.on")}</p>
      <form @submit=${(event: SubmitEvent) => this.#stop(event)}>
        <label>
          ${t("password.current")}
          <input name="password" type="password" autocomplete="current-password" required maxlength="128" />
        </label>
        ${this.#error()}
        <div class="buttons"><button>${t("totp.stop")}</button></div>
      </form>`;
  }

  #error() {
    return this.failure ? html`<p class="error" role="alert">${this.failure}</p>` : nothing;
  }

  async #start(): Promise<void> {
    this.started = await startTotp();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[name=code]")?.focus();
  }

  #confirm(event: SubmitEvent): void {
    event.preventDefault();
    const code = field(event.target as HTMLFormElement, "code");
    void this.#try(async () => {
      await confirmTotp(code);
      this.started = null;
      emit(this, "totp", true);
    });
  }

  #stop(event: SubmitEvent): void {
    event.preventDefault();
    const password = field(event.target as HTMLFormElement, "password");
    void this.#try(async () => {
      await stopTotp(password);
      emit(this, "totp", false);
    });
  }

  async #try(action: () => Promise<void>): Promise<void> {
    this.failure = "";
    try {
      await action();
    } catch (error) {
      this.failure = why(error);
    }
  }
}

function why(error: unknown): string {
  if (error instanceof Refusal && error.field === "code") return t("totp.wrong");
  if (error instanceof Refusal && error.field === "password") return t("password.wrong");
  return errorText(error);
}

customElements.define("dw-second-factor", SecondFactor);

declare global {
  interface HTMLElementTagNameMap {
    "dw-second-factor": SecondFactor;
  }
}
