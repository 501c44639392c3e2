/** `<dw-my-requests>`: the tickets that this browser knows. Fires `choose` (detail: CustomerTicket). */

import { LitElement, css, html, nothing } from "lit";
import { emit } from "../shared/emit.ts";
import { Texts, language, t } from "../shared/i18n.ts";
import type { CustomerTicket } from "../shared/protocol.d.ts";
import { serverNow } from "../shared/server-time.ts";
import { controls } from "../shared/styles.ts";
import { day } from "../shared/time.ts";

export class MyRequests extends LitElement {
  static override properties = { tickets: { attribute: false } };
  declare tickets: readonly CustomerTicket[];

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      ul {
        display: grid;
        gap: 8px;
      }
      button {
        display: grid;
        gap: 2px;
        width: 100%;
        padding: 10px 14px;
        border-radius: var(--radius-card);
        font-weight: 400;
        text-align: start;
        justify-content: start;
      }
      .subject {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .about {
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      .unread {
        color: var(--accent-text);
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.tickets = [];
  }

  override render() {
    return html`<ul>
      ${this.tickets.map(
        (ticket) => html`<li>
          <button @click=${() => emit(this, "choose", ticket)}>
            <span class="subject">${ticket.subject}</span>
            <span class="about">
              ${ticket.key} · ${t(`status.${ticket.status}`)} · ${day(ticket.created_at, serverNow(), language())}
              ${ticket.unread > 0 ? html`<span class="unread"> · ${t("visit.unread", { n: ticket.unread })}</span>` : nothing}
            </span>
          </button>
        </li>`,
      )}
    </ul>`;
  }
}

customElements.define("dw-my-requests", MyRequests);

declare global {
  interface HTMLElementTagNameMap {
    "dw-my-requests": MyRequests;
  }
}
