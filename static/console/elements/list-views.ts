/** `<dw-list-views>`: the views above the shared list, All / New / Active / Completed, with their counts (G-11). */
import { LitElement, css, html } from "lit";
import type { View } from "../../shared/protocol.d.ts";
import { Texts, language, t } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import { Follow } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import { countOf } from "../model/counts.ts";

const VIEWS: readonly View[] = ["all", "new", "active", "completed"];

export class ListViews extends LitElement {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(4, minmax(auto, 104px));
        padding: 0 8px;
        border-bottom: 1px solid var(--line);
      }
      button {
        position: relative;
        flex-direction: column;
        align-items: flex-start;
        gap: 0;
        padding: 0 6px 4px;
        color: var(--text-soft);
        font-size: var(--size-13);
        line-height: 18px;
        white-space: nowrap;
      }
      [aria-pressed="true"] {
        color: var(--text);
        font-weight: 600;
      }
      [aria-pressed="true"]::after {
        content: "";
        position: absolute;
        inset: auto 6px -1px;
        height: 2px;
        border-radius: 1px;
        background: var(--accent);
      }
      /* room for the number is kept, so that nothing jumps when it comes */
      .count {
        min-height: 18px;
        color: var(--text-faint);
        font-size: var(--size-12);
        font-variant-numeric: tabular-nums;
        font-weight: 400;
      }
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk, this.desk.list]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = "group";
  }

  override willUpdate(): void {
    this.ariaLabel = t("list.views");
  }

  override render() {
    return VIEWS.map((view) => this.#view(view));
  }

  #view(view: View) {
    const { available, list } = this.desk;
    const known = available ? countOf(list.counts, view) : null;
    const count = known === null ? "" : known.count.toLocaleString(language()) + (known.more ? "+" : "");
    return html`<button
      class="bare"
      aria-pressed=${list.order.view === view}
      ?disabled=${!available}
      @click=${() => this.desk.arrange({ ...list.order, view })}
    >
      ${t(`view.${view}`)} <span class="count">${count}</span>
    </button>`;
  }
}

customElements.define("dw-list-views", ListViews);

declare global {
  interface HTMLElementTagNameMap {
    "dw-list-views": ListViews;
  }
}
