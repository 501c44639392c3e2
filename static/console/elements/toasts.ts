/** `<dw-toasts>`: short messages at the upper edge, where they cover no field, with the way back where there is one. */
import { LitElement, css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Texts, t } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import { Follow } from "../desk/store.ts";
import type { Toast, Toasts } from "../desk/toasts.ts";

export class ToastList extends LitElement {
  static override properties = { toasts: { attribute: false } };
  declare toasts: Toasts;

  static override styles = [
    controls,
    css`
      :host {
        position: fixed;
        z-index: 30;
        inset: 64px 0 auto;
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: 8px;
        padding: 0 16px;
        pointer-events: none;
      }
      .toast {
        display: flex;
        align-items: center;
        gap: 8px;
        max-width: min(560px, 100%);
        padding: 6px 6px 6px 16px;
        border-radius: var(--radius-card);
        background: var(--gray-10);
        color: var(--gray-0);
        box-shadow: var(--shadow);
        font-size: var(--size-13);
        overflow-wrap: anywhere;
        pointer-events: auto;
      }
      button {
        --focus: currentcolor;
        color: inherit;
      }
      .action {
        flex: none;
        font-weight: 600;
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      dw-icon {
        flex: none;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.toasts]);
  }

  override render() {
    return html`<div role="status" aria-live="polite">
      ${repeat(this.toasts.toasts, ({ id }) => id, (toast) => this.#toast(toast))}
    </div>`;
  }

  #toast({ id, text, tone, action }: Toast) {
    return html`<div class="toast">
      ${tone === "warning" ? html`<dw-icon name="alert"></dw-icon>` : nothing}
      <span>${text}</span>
      ${action ? html`<button class="bare action" @click=${action.run}>${action.label} <kbd>Z</kbd></button>` : nothing}
      <button class="bare icon" aria-label=${t("dialog.close")} @click=${() => this.toasts.dismiss(id)}>
        <dw-icon name="close"></dw-icon>
      </button>
    </div>`;
  }
}

customElements.define("dw-toasts", ToastList);

declare global {
  interface HTMLElementTagNameMap {
    "dw-toasts": ToastList;
  }
}
