/** `<dw-admin-once>`: what is shown once and never again: a password, a link, a secret. */
import { LitElement, css, html } from "lit";
import "../../../shared/dialog.ts";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { t, texts } from "../texts.ts";
import type { Admin } from "./admin.ts";
import "./copied.ts";

export class AdminOnce extends LitElement {
  static override properties = { admin: { attribute: false } };
  declare admin: Admin;

  static override styles = [
    controls,
    css`
      .once {
        display: grid;
        gap: 12px;
      }
    `,
  ];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
  }

  override render() {
    const { once } = this.admin;
    return html`<dw-dialog heading=${once?.heading ?? ""} ?open=${once !== null} @close=${this.#close}>
      <div class="once">
        <p>${once?.lead}</p>
        <dw-admin-copied .text=${once?.secret ?? ""}></dw-admin-copied>
      </div>
      <button slot="actions" class="primary" @click=${this.#close}>${t("once.done")}</button>
    </dw-dialog>`;
  }

  #close(): void {
    if (this.admin.once !== null) this.admin.showOnce(null);
  }
}

customElements.define("dw-admin-once", AdminOnce);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-once": AdminOnce;
  }
}
