/** `<dw-connection-bar>`: a thin line only while something is wrong, and not for a hiccup of a second. */

import { LitElement, css, html } from "lit";
import { Texts, t } from "./i18n.ts";
import type { SocketState } from "./socket.ts";

const HICCUP_MS = 1_500;

export class ConnectionBar extends LitElement {
  static override properties = { state: {}, slow: {}, shown: { state: true }, offline: { state: true } };
  declare state: SocketState;
  /** Open, but over HTTP. */
  declare slow: boolean;
  declare private shown: boolean;
  declare private offline: boolean;

  static override styles = css`
    :host {
      display: block;
    }
    p {
      margin: 0;
      padding: 6px 16px;
      background: var(--warning-tint);
      color: var(--warning-text);
      font-size: var(--size-13);
      text-align: center;
    }
    p:empty {
      display: none;
    }
  `;

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Texts(this);
    this.state = "open";
    this.slow = this.shown = false;
    this.offline = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.#network);
    addEventListener("offline", this.#network);
    this.#network();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.#network);
    removeEventListener("offline", this.#network);
    clearTimeout(this.#timer);
  }

  readonly #network = (): void => {
    this.offline = !navigator.onLine;
  };

  override willUpdate(): void {
    const passing = this.state === "connecting" || this.state === "waiting";
    if (passing && !this.offline && !this.shown) {
      this.#timer ??= setTimeout(() => (this.shown = true), HICCUP_MS);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.shown = this.offline || this.state !== "open";
  }

  override render() {
    return html`<p role="status">${this.shown ? this.#text() : this.slow ? t("connection.slow") : ""}</p>`;
  }

  #text(): string {
    if (this.state === "closed") return t("connection.signed_out");
    return t(this.offline ? "connection.offline" : "connection.again");
  }
}

customElements.define("dw-connection-bar", ConnectionBar);

declare global {
  interface HTMLElementTagNameMap {
    "dw-connection-bar": ConnectionBar;
  }
}
