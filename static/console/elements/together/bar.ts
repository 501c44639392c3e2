/** `<dw-together>`: what a ticket wants of me from a colleague, or what I have asked of one, with its answers. */
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import type { Summary } from "../../../shared/protocol.d.ts";
import { Texts, t, type Key } from "../../../shared/i18n.ts";
import { controls } from "../../../shared/styles.ts";
import type { Desk } from "../../desk/desk.ts";
import { partIn } from "../../model/together.ts";

type Answer = "withdraw_offer" | "accept_offer" | "decline_offer" | "come" | "leave";

export class TogetherBar extends LitElement {
  static override properties = { desk: { attribute: false }, ticket: { attribute: false } };
  declare desk: Desk;
  declare ticket: Summary;

  static override styles = [
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding: 8px 16px;
        border-bottom: 1px solid var(--line);
        background: var(--accent-tint);
        font-size: var(--size-13);
      }
      p {
        flex: 1 1 240px;
        overflow-wrap: anywhere;
      }
      .answers {
        display: flex;
        gap: 8px;
        margin-inline-start: auto;
      }
      q {
        color: var(--text-soft);
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
  }

  override render() {
    const { offer, assignee, helpers } = this.ticket;
    const me = this.desk.me.id;
    const part = partIn(this.ticket, me);
    if (part === "offered" && offer) {
      const text = t(offer.team ? "together.offered_team" : "together.offered", { who: offer.by.name, team: offer.name });
      return this.#bar(text, offer.comment, this.#answer("accept_offer", true), this.#answer("decline_offer"));
    }
    if (part === "invited") {
      return this.#bar(t("together.invited", { who: assignee?.name ?? "" }), null, this.#answer("come", true), this.#answer("leave"));
    }
    if (part === "helping") {
      return this.#bar(t("together.helping", { who: assignee?.name ?? "" }), null, this.#answer("leave", false, "together.go"));
    }
    if (offer && assignee?.id === me) {
      return this.#bar(t("together.offering", { who: offer.name }), offer.comment, this.#answer("withdraw_offer"));
    }
    return helpers.length > 0 && assignee?.id === me ? this.#helpers() : nothing;
  }

  #bar(text: string, comment: string | null, ...answers: TemplateResult[]) {
    return html`<div class="bar" role="status">
      <p>${text} ${comment ? html`<q>${comment}</q>` : nothing}</p>
      <div class="answers">${answers}</div>
    </div>`;
  }

  #answer(type: Answer, primary = false, label: Key = `together.${type}`) {
    const act = (): void => void this.desk.together.take(type, this.ticket.id);
    return html`<button class=${primary ? "primary" : ""} @click=${act}>${t(label)}</button>`;
  }

  #helpers() {
    return html`<div class="bar">
      ${this.ticket.helpers.map(
        ({ id, name, joined }) => html`<p>${t(joined ? "together.is_here" : "together.is_asked", { who: name })}</p>
          <button aria-label=${t("together.without", { who: name })} @click=${() => void this.desk.together.uninvite(this.ticket.id, id)}>
            ${t("together.uninvite")}
          </button>`,
      )}
    </div>`;
  }
}

customElements.define("dw-together", TogetherBar);

declare global {
  interface HTMLElementTagNameMap {
    "dw-together": TogetherBar;
  }
}
