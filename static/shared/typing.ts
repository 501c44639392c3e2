/** `<dw-typing>`: who is typing. Loaded with a chat that goes on: nobody types before the first message. */

import { LitElement, css, html, nothing } from "lit";
import { Texts, t } from "./i18n.ts";
import { shownName } from "./people.ts";

export class Typing extends LitElement {
  static override properties = { names: { attribute: false } };
  declare names: readonly string[];

  static override styles = css`
    .dots {
      display: inline-flex;
      gap: 3px;
      margin-inline-end: 8px;
    }
    i {
      width: 5px;
      height: 5px;
      border-radius: 50%;
      background: currentcolor;
      animation: blink 1.2s infinite;
    }
    i:nth-child(2) {
      animation-delay: 0.15s;
    }
    i:nth-child(3) {
      animation-delay: 0.3s;
    }
    @keyframes blink {
      0%,
      60%,
      100% {
        opacity: 0.3;
      }
      30% {
        opacity: 1;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      i {
        animation: none;
      }
    }
  `;

  constructor() {
    super();
    new Texts(this);
    this.names = [];
  }

  override render() {
    if (this.names.length === 0) return nothing;
    const name = this.names.map(shownName).join(", ");
    return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span>${t("transcript.typing", { name })}</span>`;
  }
}

customElements.define("dw-typing", Typing);

declare global {
  interface HTMLElementTagNameMap {
    "dw-typing": Typing;
  }
}
