/** `<dw-account>`: who I am here, how the console behaves in this browser, password, second factor, sessions. */
import { LitElement, css, html } from "lit";
import { errorText } from "../../shared/error-text.ts";
import type { Lang } from "../../shared/protocol.d.ts";
import { emit } from "../../shared/emit.ts";
import { Texts, t, type Key } from "../../shared/i18n.ts";
import { beep, setSound, soundOn } from "../../shared/sound.ts";
import { LANGUAGES } from "../../shared/languages.ts";
import { controls } from "../../shared/styles.ts";
import { THEMES, chooseTheme, theme, type Theme } from "../../shared/theme.ts";
import { setLanguage } from "../account.ts";
import { Follow } from "../desk/store.ts";
import { Notices } from "../desk/notices.ts";
import type { Desk } from "../desk/desk.ts";
import { languageChoice } from "./language-choice.ts";
import { languageField } from "./language-field.ts";
import "./password-form.ts";
import "./second-factor.ts";

export class AccountPage extends LitElement {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        overflow-y: auto;
      }
      .page {
        display: grid;
        gap: 28px;
        max-width: 560px;
        margin: 0 auto;
        padding: 16px 20px 48px;
      }
      .title {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 40px;
      }
      h1 {
        font-size: var(--size-20);
      }
      h2 {
        margin-bottom: 10px;
        font-size: var(--size-14);
      }
      .soft {
        color: var(--text-soft);
        font-size: var(--size-13);
        overflow-wrap: anywhere;
      }
      .setting {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 16px;
        min-height: 44px;
        padding: 6px 0;
        border-bottom: 1px solid var(--line);
      }
      .setting > :first-child {
        min-width: 0;
      }
      .setting [type="checkbox"] {
        flex: none;
        width: 16px;
        min-height: 16px;
        height: 16px;
        margin: 0;
        accent-color: var(--accent);
      }
      .setting select {
        width: auto;
        max-width: 60%;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk, this.desk.preferences]);
  }

  override render() {
    const { me } = this.desk;
    return html`<div class="page">
      <div class="title">
        <button class="bare icon" aria-label=${t("ticket.back")} @click=${() => emit(this, "go-back")}><dw-icon name="back"></dw-icon></button>
        <h1>${t("account.heading")}</h1>
      </div>
      <section>
        <h2>${me.name}</h2>
        <p class="soft">${me.email} · ${t(`role.${me.role}`)}</p>
        <p class="soft">${this.desk.companies.map(({ name }) => name).join(", ")}</p>
        <div class="setting"><span>${t("account.language")}</span>${this.#language()}</div>
      </section>
      <section>
        <h2>${t("account.browser")}</h2>
        ${this.#choices()} ${this.#switches()}
      </section>
      <section>
        <h2>${t("password.heading")}</h2>
        <dw-password-form email=${me.email} @password-changed=${this.#passwordChanged}></dw-password-form>
      </section>
      <section>
        <h2>${t("totp.heading")}</h2>
        <dw-second-factor ?on=${me.totp} @totp=${(event: CustomEvent<boolean>) => this.desk.became({ totp: event.detail })}></dw-second-factor>
      </section>
      <section>
        <h2>${t("account.sessions")}</h2>
        <div class="buttons">
          <button @click=${() => emit(this, "sign-out")}>${t("account.sign_out")}</button>
          <button @click=${() => emit(this, "sign-out-everywhere")}>${t("account.sign_out_everywhere")}</button>
        </div>
      </section>
    </div>`;
  }

  #language() {
    const { me, languages } = this.desk;
    return languageField(t("account.language"), me.language, languages, (lang) => void this.#reads(lang), Object.keys(LANGUAGES));
  }

  async #reads(lang: Lang): Promise<void> {
    try {
      const { me } = await setLanguage(lang);
      this.desk.became({ language: me.language });
    } catch (error) {
      this.desk.toasts.say(errorText(error), { tone: "warning" });
      this.requestUpdate();
    }
  }

  #choices() {
    const choose = (event: Event): void => chooseTheme((event.target as HTMLSelectElement).value as Theme);
    return html`<div class="setting"><span>${t("language")}</span>${languageChoice()}</div>
      <div class="setting">
        <span>${t("theme")}</span>
        <select aria-label=${t("theme")} @change=${choose}>
          ${THEMES.map((one) => html`<option value=${one} ?selected=${one === theme()}>${t(`theme.${one}`)}</option>`)}
        </select>
      </div>`;
  }

  #switches() {
    const { notify, enterSends, shortcuts, originals } = this.desk.preferences.now;
    const { preferences } = this.desk;
    return [
      this.#switch("account.notify", notify, (on) => void this.#notify(on)),
      this.#switch("account.sound", soundOn(), (on) => this.#sound(on)),
      this.#switch("account.enter_sends", enterSends, (on) => preferences.change({ enterSends: on })),
      this.#switch("account.shortcuts", shortcuts, (on) => preferences.change({ shortcuts: on })),
      this.#switch("account.originals", originals, (on) => preferences.change({ originals: on })),
    ];
  }

  #switch(key: Key, on: boolean, change: (on: boolean) => void) {
    return html`<label class="setting">
      <span>${t(key)}</span>
      <input
        type="checkbox"
        role="switch"
        .checked=${on}
        @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
      />
    </label>`;
  }

  /** The browser is asked here and nowhere else, because here somebody wants it. */
  async #notify(wanted: boolean): Promise<void> {
    const notify = wanted && (await Notices.permitted());
    if (wanted && !notify) this.desk.toasts.say(t("account.notify_refused"), { tone: "warning" });
    this.desk.preferences.change({ notify });
    this.requestUpdate();
  }

  #sound(on: boolean): void {
    setSound(on);
    beep();
    this.requestUpdate();
  }

  #passwordChanged(): void {
    this.desk.toasts.say(t("password.changed"));
  }
}

customElements.define("dw-account", AccountPage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-account": AccountPage;
  }
}
