/** `<dw-list-part>`: which part of the shared list is shown: all, my teams, or one queue. Nothing where there is one queue. */
import { LitElement, css, html, nothing } from "lit";
import { Texts, t } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import type { Desk } from "../desk/desk.ts";
import { Follow } from "../desk/store.ts";
import { MY_TEAMS } from "../desk/together.ts";

export class ListPart extends LitElement {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;

  static override styles = [
    controls,
    css`
      select {
        width: calc(100% - 16px);
        margin: 6px 8px;
        font-size: var(--size-13);
      }
    `,
  ];

  #chosen = -1;

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk, this.desk.list, this.desk.together]);
  }

  override render() {
    const { list, me, together } = this.desk;
    const parts = together.parts(me.id);
    if (parts.length === 0) return nothing;
    const { only } = list.order;
    this.#chosen = parts.findIndex(({ name, queues }) => name === only?.name && queues.join() === only.queues.join());
    return html`<select aria-label=${t("list.part")} @change=${this.#choose}>
      <option value="-1">${t("list.part_all")}</option>
      ${parts.map(({ name }, i) => html`<option value=${i}>${name === MY_TEAMS ? t("list.part_teams") : name}</option>`)}
    </select>`;
  }

  /** Parts come and go, and with them the number of the one that is shown. */
  override updated(): void {
    const select = this.renderRoot.querySelector("select");
    if (select) select.value = String(this.#chosen);
  }

  #choose(event: Event): void {
    const at = Number((event.target as HTMLSelectElement).value);
    const { list, me, together } = this.desk;
    this.desk.arrange({ ...list.order, only: together.parts(me.id)[at] ?? null });
  }
}

customElements.define("dw-list-part", ListPart);

declare global {
  interface HTMLElementTagNameMap {
    "dw-list-part": ListPart;
  }
}
