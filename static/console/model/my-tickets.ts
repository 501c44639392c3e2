/** My tickets, whole and in a calm order: as the server gave them, newcomers on top, nothing moves because of a message. */
import type { Author, Hint, HintFrame, MineFrame, MyTicket, Row, Summary } from "../../shared/protocol.d.ts";

/** How long a "typing…" holds without another frame (the protocol's promise). */
export const TYPING_MS = 6_000;

export interface MyTickets {
  readonly rows: readonly Row[];
  readonly loaded: boolean;
}

export const NO_TICKETS: MyTickets = { rows: [], loaded: false };

export function replaced(frame: Pick<MineFrame, "rows">): MyTickets {
  return { rows: frame.rows, loaded: true };
}

/** A ticket of mine changed, came or went. */
export function changed(mine: MyTickets, frame: MyTicket, me: string): MyTickets {
  const { ticket, hint } = frame;
  const others = mine.rows.filter((row) => row.ticket.id !== ticket.id);
  if (!isMine(ticket, me)) return { ...mine, rows: others };
  const row = { ticket, hint };
  if (others.length === mine.rows.length) return { ...mine, rows: [row, ...others] };
  return { ...mine, rows: mine.rows.map((old) => (old.ticket.id === ticket.id ? row : old)) };
}

export function hinted(mine: MyTickets, { hint }: HintFrame): MyTickets {
  const newer = (row: Row): boolean => row.ticket.id === hint.ticket && hint.last_activity_at >= row.hint.last_activity_at;
  if (!mine.rows.some(newer)) return mine;
  return { ...mine, rows: mine.rows.map((row) => (newer(row) ? { ...row, hint } : row)) };
}

export function without(mine: MyTickets, ticket: string): MyTickets {
  return { ...mine, rows: mine.rows.filter((row) => row.ticket.id !== ticket) };
}

export function isMine(ticket: Summary, me: string): boolean {
  return ticket.assignee?.id === me && ticket.status !== "done";
}

export function unreadOf(mine: MyTickets): number {
  return mine.rows.reduce((sum, row) => sum + row.hint.unread, 0);
}

/** What is true of a ticket that nobody has written about yet. */
export function quietHint(ticket: Summary): Hint {
  return { ticket: ticket.id, last_activity_at: ticket.created_at, waiting_since: ticket.created_at, unread: 0 };
}

// --- who is typing ------------------------------------------------------------------------------------------------------

export interface TypingNow {
  readonly author: Author;
  readonly until: number;
}

/** Ticket -> who types there. */
export type TypingByTicket = ReadonlyMap<string, TypingNow>;

export function typingStarted(typing: TypingByTicket, ticket: string, author: Author, now: number): TypingByTicket {
  return new Map(typing).set(ticket, { author, until: now + TYPING_MS });
}

/** The person's message has come, or 6 s have passed. */
export function typingStopped(typing: TypingByTicket, ticket: string): TypingByTicket {
  if (!typing.has(ticket)) return typing;
  const rest = new Map(typing);
  rest.delete(ticket);
  return rest;
}

export function typingLeft(typing: TypingByTicket, now: number): TypingByTicket {
  const left = [...typing].filter(([, { until }]) => until > now);
  return left.length === typing.size ? typing : new Map(left);
}
