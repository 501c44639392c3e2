/** `<dw-answers>`: what the customer answered in the form of a ticket (S-30). Loaded when it is looked at. */

import { LitElement, css, html, nothing } from "lit";
import { get } from "../shared/api.ts";
import { errorText } from "../shared/error-text.ts";
import { Texts, t } from "../shared/i18n.ts";
import type { Answer, CustomerEvents } from "../shared/protocol.d.ts";
import { controls } from "../shared/styles.ts";
import type { Visit } from "./visit.ts";

export class Answers extends LitElement {
  static override properties = {
    visit: { attribute: false },
    ticket: {},
    open: { type: Boolean },
    answers: { state: true },
    problem: { state: true },
  };
  declare visit: Visit;
  /** Id of the ticket. */
  declare ticket: string;
  /** Not folded, and without a heading: that stands above already. */
  declare open: boolean;
  declare private answers: readonly Answer[];
  declare private problem: unknown;

  static override styles = [
    controls,
    css`
      details {
        padding: 4px 0;
      }
      summary {
        min-height: 24px;
        color: var(--accent-text);
        cursor: pointer;
      }
      dl {
        display: grid;
        gap: 2px;
        max-height: 40vh;
        padding: 8px 0 4px;
        overflow-y: auto;
      }
      dt {
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      dd {
        margin-bottom: 6px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.ticket = "";
    this.open = false;
    this.answers = [];
    this.problem = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("ticket")) void this.#ask(this.ticket);
  }

  async #ask(ticket: string): Promise<void> {
    this.answers = [];
    this.problem = null;
    try {
      const { answers } = await get<CustomerEvents>(`/api/v1/customer/tickets/${ticket}/events`, { token: this.visit.token });
      if (ticket === this.ticket) this.answers = answers;
    } catch (error) {
      if (ticket === this.ticket) this.problem = error;
    }
  }

  override render() {
    if (this.problem !== null) return html`<p role="alert">${errorText(this.problem)}</p>`;
    if (this.answers.length === 0) return nothing;
    const list = html`<dl tabindex="0" aria-label=${t("chat.answers")}>
      ${this.answers.map(
        ({ label, shown }) => html`<div>
          <dt dir="auto">${label}</dt>
          <dd dir="auto">${shown}</dd>
        </div>`,
      )}
    </dl>`;
    if (this.open) return list;
    return html`<details>
      <summary>${t("chat.answers")}</summary>
      ${list}
    </details>`;
  }
}

customElements.define("dw-answers", Answers);

declare global {
  interface HTMLElementTagNameMap {
    "dw-answers": Answers;
  }
}
