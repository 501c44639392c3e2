/**
 * `<dw-dialog heading open>`: a modal question. Content in the default slot, buttons in slot `actions`. Fires `close` when
 * it is left by Escape, by a click beside it, or because `open` became false.
 */

import { LitElement, css, html } from "lit";
import { emit } from "./emit.ts";
import { controls } from "./styles.ts";

export class Dialog extends LitElement {
  static override properties = { open: { type: Boolean }, heading: {} };
  declare open: boolean;
  declare heading: string;

  static override styles = [
    controls,
    css`
      dialog {
        width: min(440px, calc(100vw - 32px));
        max-height: calc(100dvh - 32px);
        padding: 20px;
        border: 1px solid var(--line);
        border-radius: var(--radius-card);
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow);
        overflow: auto;
      }
      dialog::backdrop {
        background: light-dark(#161a2166, #000000a6);
      }
      h2 {
        margin-bottom: 8px;
        font-size: var(--size-16);
        overflow-wrap: anywhere;
      }
      ::slotted(select) {
        margin-top: 12px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        margin-top: 20px;
      }
    `,
  ];

  constructor() {
    super();
    this.open = false;
    this.heading = "";
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  override updated(changed: Map<string, unknown>): void {
    if (!changed.has("open")) return;
    if (this.open && !this.#dialog?.open) this.#dialog?.showModal();
    else if (!this.open) this.#dialog?.close();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${this.#closed} @pointerdown=${this.#outside}>
      <h2 id="heading">${this.heading}</h2>
      <slot></slot>
      <div class="actions"><slot name="actions"></slot></div>
    </dialog>`;
  }

  #closed(): void {
    this.open = false;
    emit(this, "close");
  }

  /** The backdrop belongs to the dialog element: a press that hits it outside its box is meant for neither. */
  #outside(event: PointerEvent): void {
    if (event.target !== event.currentTarget) return;
    const box = this.#dialog?.getBoundingClientRect();
    if (!box) return;
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) this.open = false;
  }
}

customElements.define("dw-dialog", Dialog);

declare global {
  interface HTMLElementTagNameMap {
    "dw-dialog": Dialog;
  }
}
