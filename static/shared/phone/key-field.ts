/**
 * `<dw-phone-key>`: where a key is typed that another device shows, or that a technician reads out. Fires `close`; `join`
 * is what is done with a whole key, and what it throws is shown.
 */

import { LitElement, html, nothing } from "lit";
import "../dialog.ts";
import { emit } from "../emit.ts";
import { errorText } from "../error-text.ts";
import { t as common } from "../i18n.ts";
import { Refusal } from "../refusal.ts";
import { controls } from "../styles.ts";
import { KEY_CHARS, typedKey } from "./keys.ts";
import { phoneStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

export class PhoneKey extends LitElement {
  static override properties = { join: { attribute: false }, problem: { state: true }, working: { state: true } };
  declare join: (key: string) => Promise<void>;
  declare private problem: string | null;
  declare private working: boolean;

  static override styles = [controls, phoneStyles];

  constructor() {
    super();
    texts.follow(this);
    this.problem = null;
    this.working = false;
  }

  override firstUpdated(): void {
    void this.updateComplete.then(() => this.#field?.focus());
  }

  get #field(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input");
  }

  override render() {
    return html`<dw-dialog open heading=${t("phone.enter")} @close=${() => emit(this, "close")}>
      <form id="form" novalidate @submit=${this.#submit}>
        <label for="key">${t("phone.key")}</label>
        <p class="soft" id="hint">${t("phone.enter_hint")}</p>
        <input
          id="key"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          maxlength="32"
          aria-describedby=${this.problem === null ? "hint" : "hint problem"}
          aria-invalid=${this.problem !== null}
        />
        ${this.problem === null ? nothing : html`<p class="problem" id="problem" role="alert">${this.problem}</p>`}
      </form>
      <button slot="actions" @click=${() => emit(this, "close")}>${common("dialog.cancel")}</button>
      <button slot="actions" class="primary" ?disabled=${this.working} @click=${this.#submit}>${t("phone.enter_action")}</button>
    </dw-dialog>`;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.working) return;
    const key = typedKey(this.#field?.value ?? "");
    this.problem = key === null ? t("phone.incomplete", { n: KEY_CHARS }) : null;
    if (key !== null) await this.#join(key);
    if (this.problem !== null) this.#field?.focus();
  }

  async #join(key: string): Promise<void> {
    this.working = true;
    try {
      await this.join(key);
    } catch (error) {
      const wrong = error instanceof Refusal && (error.code === "not_found" || error.code === "key_invalid");
      this.problem = wrong ? common("error.key_invalid") : errorText(error);
    } finally {
      this.working = false;
    }
  }
}

customElements.define("dw-phone-key", PhoneKey);

declare global {
  interface HTMLElementTagNameMap {
    "dw-phone-key": PhoneKey;
  }
}
