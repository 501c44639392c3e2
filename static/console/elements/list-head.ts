/** The headers of the shared list: a click sorts, a second one reverses (G-12). One tab stop, arrows go on from there. */
import { html, nothing, type TemplateResult } from "lit";
import type { Sort } from "../../shared/protocol.d.ts";
import { t } from "../../shared/i18n.ts";
import type { Order } from "../model/list-store.ts";

const SORTS: readonly Sort[] = ["time", "key", "customer", "company", "status", "assignee"];

export function listHead(order: Order, arrange: (order: Order) => void): TemplateResult {
  return html`<div class="columns" role="row" aria-rowindex="1" @keydown=${walk}>
    ${SORTS.map((sort) => header(sort, order, arrange))}
    <div class="column unsorted" role="columnheader">${t("column.subject")}</div>
    <div class="column unsorted end" role="columnheader">${t("details.waiting")}</div>
  </div>`;
}

function header(sort: Sort, order: Order, arrange: (order: Order) => void): TemplateResult {
  const sorted = order.sort === sort ? (order.descending ? "descending" : "ascending") : "none";
  return html`<div class="column ${sort}" role="columnheader" aria-sort=${sorted}>
    <button
      class="bare"
      tabindex=${sorted === "none" ? -1 : 0}
      title=${t("list.sort_by", { column: t(`column.${sort}`) })}
      @click=${() => arrange(resorted(order, sort))}
    >
      <span class="cut">${t(`column.${sort}`)}</span>
      ${sorted === "none" ? nothing : html`<dw-icon name="sorted" class=${sorted}></dw-icon>`}
    </button>
  </div>`;
}

/** Times begin with the newest, words with A. */
function resorted(order: Order, sort: Sort): Order {
  return { ...order, sort, descending: order.sort === sort ? !order.descending : sort === "time" };
}

function walk(event: KeyboardEvent): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return;
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  buttons[buttons.indexOf(event.target as HTMLButtonElement) + step]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
