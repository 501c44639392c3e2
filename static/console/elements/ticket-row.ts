/** One row of the shared list: two lines in a narrow list, one line of columns in a wide one. Always of the same height. */
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/i18n.ts";
import { shownName } from "../../shared/people.ts";
import type { Lang } from "../../shared/protocol.d.ts";
import type { ListRow } from "../model/list-store.ts";
import { ago, assigneeName, leftMark, priorityMark, statusChip, subjectOf, verifiedMark, waiting, wholeSubject } from "./looks.ts";

/** From this width on the list shows columns. */
export const WIDE_FROM = 680;

const NARROW_PX = 52;
const WIDE_PX = 34;
const COARSE_PX = 56;
const COARSE = matchMedia("(pointer: coarse)");

/** A finger needs more than a mouse. */
export function rowHeight(wide: boolean): number {
  if (COARSE.matches) return COARSE_PX;
  return wide ? WIDE_PX : NARROW_PX;
}

export interface RowView {
  readonly row: ListRow | undefined;
  readonly slot: number;
  readonly now: number;
  readonly wide: boolean;
  readonly active: boolean;
  readonly selected: boolean;
  /** What the technician reads. */
  readonly mine: Lang | null;
  readonly open: (slot: number) => void;
}

export function ticketRow(view: RowView): TemplateResult {
  const { row, slot, wide, active, selected, open } = view;
  if (!row) return html`<div class="row hole" role="row" aria-rowindex=${slot + 2}><span role="gridcell" class="unseen"></span></div>`;
  const state = `${row.left ? "left" : ""} ${active ? "active" : ""} ${selected ? "selected" : ""}`;
  return html`<div
    id="slot-${slot}"
    class="row ${state}"
    role="row"
    aria-rowindex=${slot + 2}
    aria-selected=${selected}
    title=${row.left ? t("list.left") : nothing}
    @click=${() => open(slot)}
  >
    ${wide ? columns(row, view) : lines(row, view)}
  </div>`;
}

function lines({ ticket, hint }: ListRow, { now, mine }: RowView): TemplateResult {
  return html`
    <span class="line">
      <span class="key" role="gridcell">${dot(hint.unread)}${ticket.key}</span>
      <span class="customer cut" role="gridcell" title=${shownName(ticket.customer)}
        >${shownName(ticket.customer)} ${verifiedMark(ticket.verified)} ${leftMark(ticket.tell_later)}</span
      >
      <span class="end" role="gridcell">${time(ticket, hint, now)}</span>
    </span>
    <span class="line second">
      <span class="cut grow" role="gridcell" title=${wholeSubject(ticket, mine)}
        >${priorityMark(ticket.priority)}<span class="company">${ticket.company.name}</span> · ${about(ticket, mine)}</span
      >
      <span class="assignee cut" role="gridcell">${assigneeName(ticket)}</span>
      <span role="gridcell">${statusChip(ticket)}</span>
    </span>
  `;
}

function columns({ ticket, hint }: ListRow, { now, mine }: RowView): TemplateResult {
  return html`
    <span class="time" role="gridcell">${dot(hint.unread)}${ago(ticket.created_at, now)}</span>
    <span class="key" role="gridcell">${ticket.key}</span>
    <span class="customer cut" role="gridcell" title=${shownName(ticket.customer)}
      >${shownName(ticket.customer)} ${verifiedMark(ticket.verified)} ${leftMark(ticket.tell_later)}</span
    >
    <span class="company cut" role="gridcell" title=${ticket.company.name}>${ticket.company.name}</span>
    <span class="status cut" role="gridcell">${statusChip(ticket)}</span>
    <span class="assignee cut" role="gridcell">${assigneeName(ticket)}</span>
    <span class="subject cut" role="gridcell" title=${wholeSubject(ticket, mine)}>${priorityMark(ticket.priority)}${about(ticket, mine)}</span>
    <span class="end" role="gridcell">${waiting(ticket, hint, now)}</span>
  `;
}

/** What it is about: of which type, and the subject. */
function about(ticket: ListRow["ticket"], mine: Lang | null) {
  const type = ticket.issue_type === null ? nothing : html`<span class="type">${ticket.issue_type}</span> · `;
  return html`${type}${subjectOf(ticket, mine)}`;
}

/** Where somebody waits that is what counts; otherwise the age of the ticket. */
function time(ticket: ListRow["ticket"], hint: ListRow["hint"], now: number) {
  const waits = waiting(ticket, hint, now);
  return waits === nothing ? ago(ticket.created_at, now) : waits;
}

function dot(unread: number) {
  if (unread === 0) return nothing;
  return html`<span class="dot" role="img" aria-label=${t("ticket.unread", { n: unread })}></span>`;
}
