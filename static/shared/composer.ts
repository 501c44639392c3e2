/**
 * `<dw-composer>`: a field that grows, and Send. Fires `draft` with the text on every change and `send` with the text to
 * send; then it is empty. Slot `before`: room for an attach button. The property `draft` sets the text from outside.
 */

import { LitElement, css, html, nothing, type CSSResultGroup, type PropertyDeclarations } from "lit";
import { emit } from "./emit.ts";
import { Texts, t } from "./i18n.ts";
import { LIMITS } from "./rules.ts";
import { controls } from "./styles.ts";
import "./icon.ts";

const SHOW_COUNT_BELOW = 500;

export class Composer extends LitElement {
  static override properties: PropertyDeclarations = {
    draft: {},
    label: {},
    placeholder: {},
    disabled: { type: Boolean },
  };
  declare draft: string;
  declare label: string;
  declare placeholder: string;
  declare disabled: boolean;

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: block;
      }
      .field {
        display: flex;
        align-items: flex-end;
        gap: 4px;
        padding: 4px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-card);
        background: var(--surface);
      }
      .field:focus-within {
        outline: 2px solid var(--focus);
        outline-offset: 1px;
      }
      textarea {
        flex: 1;
        max-height: min(40vh, 240px);
        border: 0;
        background: none;
        line-height: var(--leading);
        resize: none;
        overflow-y: auto;
      }
      textarea:focus-visible {
        outline: none;
      }
      .count {
        margin-top: 4px;
        color: var(--text-soft);
        font-size: var(--size-12);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      .over {
        color: var(--danger-text);
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.draft = "";
    this.label = "";
    this.placeholder = "";
    this.disabled = false;
  }

  override focus(): void {
    if (this.hasUpdated) this.area?.focus();
    else void this.updateComplete.then(() => this.area?.focus());
  }

  protected get area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  override render() {
    const left = LIMITS.TEXT_CHARS - characters(this.draft);
    const label = this.label || t("composer.label");
    return html`<div class="field">
        <slot name="before"></slot>
        <textarea
          rows="1"
          aria-label=${label}
          aria-describedby=${left < SHOW_COUNT_BELOW ? "count" : nothing}
          aria-invalid=${left < 0}
          placeholder=${this.placeholder || label}
          enterkeyhint="send"
          .value=${this.draft}
          ?disabled=${this.disabled}
          @input=${this.#typed}
          @keydown=${this.#key}
        ></textarea>
        <button
          class="primary icon"
          aria-label=${t("composer.send")}
          title=${t("composer.send")}
          ?disabled=${this.disabled || left < 0 || this.draft.trim() === ""}
          @click=${this.#send}
        >
          <dw-icon name="send"></dw-icon>
        </button>
      </div>
      ${left < SHOW_COUNT_BELOW
        ? html`<p id="count" class="count ${left < 0 ? "over" : ""}">
            ${left < 0 ? t("composer.over", { n: -left }) : t("composer.left", { n: left })}
          </p>`
        : nothing}`;
  }

  override updated(changed: Map<string, unknown>): void {
    if (changed.has("draft")) this.#grow();
  }

  #grow(): void {
    const area = this.area;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  #typed(): void {
    this.draft = this.area?.value ?? "";
    emit(this, "draft", this.draft);
  }

  #key(event: KeyboardEvent): void {
    // an Enter that chooses a word of an input method is not meant for us
    if (event.key !== "Enter" || event.isComposing) return;
    if (!this.sends(event)) return;
    event.preventDefault();
    this.#send();
  }

  /** Whether this Enter sends; the others break the line. */
  protected sends(event: KeyboardEvent): boolean {
    return !event.shiftKey;
  }

  #send(): void {
    const text = this.draft.trim();
    if (this.disabled || text === "" || characters(this.draft) > LIMITS.TEXT_CHARS) return;
    this.draft = "";
    emit(this, "draft", "");
    emit(this, "send", text);
    this.focus();
  }
}

/** Characters as the server counts them: an emoji is one, not two. */
function characters(text: string): number {
  return text.length < LIMITS.TEXT_CHARS - SHOW_COUNT_BELOW ? text.length : [...text].length;
}

customElements.define("dw-composer", Composer);

declare global {
  interface HTMLElementTagNameMap {
    "dw-composer": Composer;
  }
}
