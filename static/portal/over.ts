/**
 * `<dw-over>`: what stands in the place of the field when there is nothing to write any more: how to go on. Fires `resume`
 * and `new-ticket`. Loaded with the first chat that is over.
 */

import { LitElement, css, html, nothing } from "lit";
import { emit } from "../shared/emit.ts";
import { Texts, t, type Key } from "../shared/i18n.ts";
import { controls } from "../shared/styles.ts";

export { waitsFor } from "./notices/standing.ts";

export class Over extends LitElement {
  static override properties = { closed: { type: Boolean }, guest: { type: Boolean }, news: { type: Boolean }, busy: { type: Boolean } };
  /** The ticket is closed; else only its chat has ended. */
  declare closed: boolean;
  /** A colleague's: who reads along does not go on with it. */
  declare guest: boolean;
  /** The customer waits for news of an important message, and wanted to leave the queue for that. */
  declare news: boolean;
  declare busy: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      p {
        flex: 1 1 220px;
        color: var(--text-soft);
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.closed = this.guest = this.news = this.busy = false;
  }

  get #hint(): Key {
    if (this.closed) return "chat.closed_hint";
    if (this.guest) return "chat.ended";
    return this.news ? "chat.news_hint" : "chat.ended_hint";
  }

  override render() {
    return html`<p>${t(this.#hint)}</p>
      ${this.closed || this.guest
        ? nothing
        : html`<button class="primary" ?disabled=${this.busy} @click=${() => emit(this, "resume")}>${t("chat.continue")}</button>`}
      <button @click=${() => emit(this, "new-ticket")}>${t("chat.new_ticket")}</button>`;
  }
}

customElements.define("dw-over", Over);

declare global {
  interface HTMLElementTagNameMap {
    "dw-over": Over;
  }
}
