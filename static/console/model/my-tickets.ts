/** My tickets in a calm order: the newest ticket first, as the server gives them; no message moves anything. */
import type { HintFrame, Id, MineFrame, MyTicket, Row, Summary } from "../../shared/protocol.d.ts";
import { partIn } from "./together.ts";

export type Page = Pick<MineFrame, "rows" | "before" | "more">;

export interface MyTickets {
  readonly rows: readonly Row[];
  readonly loaded: boolean;
  /** There are older ones, before this ticket; null: that is all. */
  readonly more: Id | null;
}

export const NO_TICKETS: MyTickets = { rows: [], loaded: false, more: null };

/** A page: the first one replaces what was there, another one goes on with it. */
export function taken(mine: MyTickets, { rows, before, more }: Page): MyTickets {
  if (before === null) return { rows, loaded: true, more };
  const known = new Set(mine.rows.map(({ ticket }) => ticket.id));
  const older = rows.filter(({ ticket }) => !known.has(ticket.id));
  return { ...mine, rows: older.reduce(inserted, mine.rows), more };
}

/** A ticket of mine changed, came or went. */
export function changed(mine: MyTickets, frame: MyTicket, me: string): MyTickets {
  const { ticket, hint } = frame;
  const others = mine.rows.filter((row) => row.ticket.id !== ticket.id);
  if (partIn(ticket, me) === null) return { ...mine, rows: others };
  const row = { ticket, hint };
  if (others.length === mine.rows.length) return { ...mine, rows: inserted(others, row) };
  return { ...mine, rows: mine.rows.map((old) => (old.ticket.id === ticket.id ? row : old)) };
}

function inserted(rows: readonly Row[], row: Row): readonly Row[] {
  const older = rows.findIndex(({ ticket }) => ticket.created_at < row.ticket.created_at);
  const at = older === -1 ? rows.length : older;
  return [...rows.slice(0, at), row, ...rows.slice(at)];
}

export function hinted(mine: MyTickets, { hint }: HintFrame): MyTickets {
  const newer = (row: Row): boolean => row.ticket.id === hint.ticket && hint.last_activity_at >= row.hint.last_activity_at;
  if (!mine.rows.some(newer)) return mine;
  return { ...mine, rows: mine.rows.map((row) => (newer(row) ? { ...row, hint } : row)) };
}

export function without(mine: MyTickets, ticket: string): MyTickets {
  return { ...mine, rows: mine.rows.filter((row) => row.ticket.id !== ticket) };
}

/** Whether it is assigned to me. Others are under my tickets as well: together.ts. */
export function isMine(ticket: Summary, me: string): boolean {
  return ticket.assignee?.id === me && ticket.status !== "done";
}

export function unreadOf(mine: MyTickets): number {
  return mine.rows.reduce((sum, row) => sum + row.hint.unread, 0);
}
