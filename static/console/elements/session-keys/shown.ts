/** `<dw-shown-key>`: a new session key, to be read out, copied, or sent in the customer's language. It is not shown again. */
import { LitElement, html, nothing } from "lit";
import { preferred, type Language } from "../../../shared/i18n.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
import type { KeyPortal, MadeKey } from "../../../shared/protocol.d.ts";
import { controls } from "../../../shared/styles.ts";
import { lasting } from "../../../shared/time.ts";
import { mailto, spelled } from "../../model/session-keys.ts";
import { keyStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";

type Copied = "link" | "letter";

export class ShownKey extends LitElement {
  static override properties = {
    made: { attribute: false },
    portal: { attribute: false },
    reads: { state: true },
    letter: { state: true },
    copied: { state: true },
    byHand: { state: true },
  };
  declare made: MadeKey;
  declare portal: KeyPortal;
  /** The customer's language, as far as anybody here knows it. */
  declare private reads: Language;
  declare private letter: { readonly subject: string; readonly body: string } | null;
  declare private copied: Copied | null;
  /** What could not be copied, to be copied by hand: plain HTTP has no clipboard. */
  declare private byHand: string | null;

  static override styles = [controls, keyStyles];

  constructor() {
    super();
    texts.follow(this);
    this.letter = this.copied = this.byHand = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("made")) {
      this.reads = preferred(null, this.portal.languages, Object.keys(LANGUAGES) as Language[]);
      this.copied = this.byHand = null;
    }
    if (changed.has("made") || changed.has("reads")) void this.#write(this.reads);
  }

  async #write(lang: Language): Promise<void> {
    const { key, url, session_key: about } = this.made;
    const time = lasting(about.expires_at - about.created_at, lang);
    const params = { portal: about.portal_name, key, url, time };
    const [subject, body] = await Promise.all([
      texts.in(lang, "keys.mail_subject", params),
      texts.in(lang, "keys.mail_body", params),
    ]);
    if (lang === this.reads && key === this.made.key) this.letter = { subject, body };
  }

  override render() {
    const { made, letter } = this;
    return html`<div class="shown">
      <p class="soft">${t("keys.read_out")}</p>
      <p class="key" tabindex="-1" aria-label=${spelled(made.key)}>${made.key}</p>
      <p class="soft spelled" aria-hidden="true">${spelled(made.key)}</p>
      <p class="soft">${made.url}</p>
      <div class="row">
        ${this.#copy("link", made.url)} ${letter ? this.#copy("letter", letter.body) : nothing}
        ${letter ? html`<a class="button" href=${mailto(letter.subject, letter.body)}>${t("keys.mail")}</a>` : nothing}
      </div>
      <label>
        ${t("keys.language")}
        <select @change=${this.#choose}>
          ${Object.entries(LANGUAGES).map(
            ([tag, name]) => html`<option value=${tag} ?selected=${tag === this.reads}>${name}</option>`,
          )}
        </select>
      </label>
      ${this.byHand === null ? nothing : html`<textarea readonly rows="4" aria-label=${t("keys.by_hand")} .value=${this.byHand}></textarea>`}
      <p class="soft">${t("keys.once")}</p>
    </div>`;
  }

  #copy(what: Copied, text: string) {
    return html`<button @click=${() => void this.#toClipboard(what, text)}>
      <dw-icon name=${this.copied === what ? "check" : "copy"}></dw-icon>
      <span role="status">${t(this.copied === what ? "keys.copied" : `keys.copy_${what}`)}</span>
    </button>`;
  }

  async #toClipboard(what: Copied, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = what;
    } catch {
      this.byHand = text;
    }
  }

  #choose(event: Event): void {
    this.reads = (event.target as HTMLSelectElement).value as Language;
    this.copied = null;
  }
}

customElements.define("dw-shown-key", ShownKey);

declare global {
  interface HTMLElementTagNameMap {
    "dw-shown-key": ShownKey;
  }
}
