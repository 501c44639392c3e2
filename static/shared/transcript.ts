/**
 * A ticket's transcript as pure values: frames in, the next state out. The same for customer and technician.
 * Numbers decide: an event is taken when it is the last one + 1; what is below is a repetition, what is above is a gap,
 * and then the owner watches again from `tail` (see `behind`).
 */

import type { Chat, CustomerEntry, FileSent, Id, Message, Note, Read, ReadMarks, Seq, StaffEntry, Status, Translation, Typing } from "./protocol.d.ts";

export type Side = "customer" | "technician";

/** Every kind of line; a customer's transcript holds fewer of them, and some say less. */
export type Entry = StaffEntry | CustomerEntry;

/** A line that says what happened. */
export type SystemEntry = Exclude<Entry, { text: string } | FileSent>;

/** A line that somebody reads where it stands; a translation belongs to what it translates. */
export type Shown = Exclude<Entry, Translation>;

export interface Line {
  readonly seq: Seq;
  readonly event: Entry;
}

export type ShownLine = Line & { readonly event: Shown };

export interface Mark {
  readonly event: Id;
  /** 0 while the event is not among the loaded ones: it is older than all of them. */
  readonly seq: Seq;
}

export interface Typist {
  readonly name: string;
  readonly role: Side | "system";
  readonly until: number;
}

export interface Transcript<Ticket> {
  readonly ticket: Ticket | null;
  /** null until the first page. */
  readonly epoch: string | null;
  readonly lines: readonly Line[];
  /** Number of the last line we have. */
  readonly tail: Seq;
  /** Whether there are lines before the first one. */
  readonly older: boolean;
  readonly read: Readonly<Record<Side, Mark | null>>;
  readonly typing: readonly Typist[];
  /** We know of events that we do not have: watch again, after `tail`. */
  readonly behind: boolean;
}

/** A page of either audience. */
export interface Page<Ticket> {
  readonly ticket: Ticket;
  readonly epoch: string;
  readonly recovered: boolean;
  readonly events: readonly Line[];
  readonly more: boolean;
  readonly older: boolean;
  readonly tail: Seq;
  readonly read: ReadMarks;
}

/** What an event changes in the ticket; each audience keeps its own kind of ticket. */
export type Apply<Ticket> = (ticket: Ticket, entry: Entry) => Ticket;

/** How long "is typing" holds without news. */
export const TYPING_MS = 6_000;

export function emptyTranscript<Ticket>(ticket: Ticket | null = null): Transcript<Ticket> {
  return {
    ticket,
    epoch: null,
    lines: [],
    tail: 0,
    older: false,
    read: { customer: null, technician: null },
    typing: [],
    behind: false,
  };
}

/** Where to watch from: what `watch` wants beside the ticket. Nothing before the first page. */
export function position(state: Transcript<unknown>): { after: Seq; epoch: string } | Record<string, never> {
  return state.epoch === null ? {} : { after: state.tail, epoch: state.epoch };
}

/** A page that continues what we have is appended, any other replaces it. `behind` says whether to watch once more. */
export function takePage<Ticket>(state: Transcript<Ticket>, page: Page<Ticket>): Transcript<Ticket> {
  const continues =
    page.recovered && state.epoch === page.epoch && (page.events[0]?.seq ?? page.tail + 1) <= state.tail + 1;
  const lines = continues ? [...state.lines, ...page.events.filter((line) => line.seq > state.tail)] : page.events;
  return {
    ...state,
    ticket: page.ticket,
    epoch: page.epoch,
    lines,
    tail: lines.at(-1)?.seq ?? page.tail,
    older: continues ? state.older : page.older,
    read: {
      customer: mark(lines, page.read.customer, continues ? state.read.customer : null),
      technician: mark(lines, page.read.technician, continues ? state.read.technician : null),
    },
    behind: page.more,
  };
}

/** Lines before the first one. */
export function takeOlder<Ticket>(
  state: Transcript<Ticket>,
  page: { readonly events: readonly Line[]; readonly older: boolean },
): Transcript<Ticket> {
  const first = state.lines[0]?.seq ?? state.tail + 1;
  const lines = [...page.events.filter((line) => line.seq < first), ...state.lines];
  const read = { customer: found(lines, state.read.customer), technician: found(lines, state.read.technician) };
  return { ...state, lines, older: page.older, read };
}

export function takeEvent<Ticket>(
  state: Transcript<Ticket>,
  line: Line,
  apply: Apply<Ticket>,
): Transcript<Ticket> {
  if (state.epoch === null || line.seq <= state.tail) return state;
  if (line.seq > state.tail + 1) return { ...state, behind: true };
  const { event } = line;
  return {
    ...state,
    ticket: state.ticket && apply(state.ticket, event),
    lines: [...state.lines, line],
    tail: line.seq,
    typing: state.typing.filter(({ name, role }) => name !== event.author.name || role !== event.author.role),
  };
}

/** Read marks only ever move forward. */
export function takeRead<Ticket>(state: Transcript<Ticket>, frame: Read): Transcript<Ticket> {
  if (frame.seq <= (state.read[frame.by]?.seq ?? 0)) return state;
  return { ...state, read: { ...state.read, [frame.by]: { event: frame.event, seq: frame.seq } } };
}

export function takeTyping<Ticket>(state: Transcript<Ticket>, frame: Typing, now: number): Transcript<Ticket> {
  const { name, role } = frame.author;
  const others = stillTyping(state, now).typing.filter((typist) => typist.name !== name || typist.role !== role);
  return { ...state, typing: [...others, { name, role, until: now + TYPING_MS }] };
}

/** Without those who have stopped. */
export function stillTyping<Ticket>(state: Transcript<Ticket>, now: number): Transcript<Ticket> {
  const typing = state.typing.filter(({ until }) => until > now);
  return typing.length === state.typing.length ? state : { ...state, typing };
}

/** The server's heartbeat names the last number: above ours means that something was lost on the way. */
export function takeTail<Ticket>(state: Transcript<Ticket>, tail: Seq | undefined): Transcript<Ticket> {
  return tail !== undefined && state.epoch !== null && tail > state.tail ? { ...state, behind: true } : state;
}

/** Messages and files of the other side that this side has not read. */
export function unread(state: Transcript<unknown>, reader: Side): number {
  const after = state.read[reader]?.seq ?? 0;
  return state.lines.filter(({ seq, event }) => seq > after && isSaid(event) && event.author.role !== reader).length;
}

/** Not a translation: that belongs to the line which it translates. */
export function isShown(line: Line): line is ShownLine {
  return line.event.kind !== "translation";
}

/** One side tells or sends the other something. */
export function isSaid(event: Entry): event is Message | FileSent {
  return event.kind === "message" || event.kind === "file";
}

/** A message's text, a file's name. */
export function said(event: Message | Note | FileSent): string {
  return "text" in event ? event.text : event.file.name;
}

/** Marks never go back, and one on an event that is not loaded keeps the place that was known before. */
function mark(lines: readonly Line[], event: Id | null, before: Mark | null): Mark | null {
  if (event === null) return before;
  const seq = lines.find((line) => line.event.id === event)?.seq ?? 0;
  return before && before.seq > seq ? before : { event, seq };
}

function found(lines: readonly Line[], known: Mark | null): Mark | null {
  return known && known.seq === 0 ? mark(lines, known.event, null) : known;
}

/** What a customer's ticket becomes: state, and who is in the chat. */
export function applyForCustomer<Ticket extends { status: Status; chat: Chat; technician: string | null }>(
  ticket: Ticket,
  entry: Entry,
): Ticket {
  if (!("status" in entry)) return ticket;
  return { ...ticket, status: entry.status, chat: entry.chat, technician: inChat(ticket.technician, entry) };
}

/** Joining brings a technician in, and so does taking back an End chat or Close. */
function inChat(before: string | null, entry: Extract<Entry, { status: Status }>): string | null {
  if (entry.chat !== "joined") return null;
  return entry.author.role === "technician" && entry.kind !== "status" ? entry.author.name : before;
}
