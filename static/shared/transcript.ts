/**
 * A ticket's transcript as pure values: frames in, the next state out. The same for customer and technician.
 * Numbers decide: an event is taken when it is the last one + 1; what is below is a repetition, what is above is a gap,
 * and then the owner watches again from `tail` (see `behind`).
 */

import type {
  CustomerEntry,
  CustomerTicket,
  FileSent,
  Id,
  Message,
  Note,
  Read,
  ReadMarks,
  Seq,
  StaffEntry,
  Status,
  Translation,
  Typing,
} from "./protocol.d.ts";

export type Side = "customer" | "technician";

/** Every kind of line; a customer's transcript holds fewer of them, and some say less. */
export type Entry = Exclude<StaffEntry | CustomerEntry, Translation>;

/** A line that says what happened. */
export type SystemEntry = Exclude<Entry, { text: string } | FileSent>;

export interface Line {
  readonly seq: Seq;
  readonly event: Entry;
}

/** What comes under a number: a line, or what a machine made of one. */
export interface Numbered {
  readonly seq: Seq;
  readonly event: Entry | Translation;
}

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
  /** In the order in which they were made; what they are of need not be loaded. The last of the same is the one that counts. */
  readonly translations: readonly Translation[];
  /** Numbers of the first and the last event we have. */
  readonly first: Seq;
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
  readonly events: readonly Numbered[];
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
    translations: [],
    first: 0,
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
  const before = continues ? state : emptyTranscript();
  const fresh = page.events.filter(({ seq }) => seq > before.tail);
  const lines = [...before.lines, ...fresh.filter(isLine)];
  return {
    ...state,
    ticket: page.ticket,
    epoch: page.epoch,
    lines,
    translations: [...before.translations, ...translations(fresh)],
    first: before.first || fresh[0]?.seq || 0,
    tail: fresh.at(-1)?.seq ?? (before.tail || page.tail),
    older: continues ? state.older : page.older,
    read: {
      customer: mark(lines, page.read.customer, before.read.customer),
      technician: mark(lines, page.read.technician, before.read.technician),
    },
    behind: page.more,
  };
}

/** What came before the first event. */
export function takeOlder<Ticket>(
  state: Transcript<Ticket>,
  page: { readonly events: readonly Numbered[]; readonly older: boolean },
): Transcript<Ticket> {
  const earlier = page.events.filter(({ seq }) => seq < state.first);
  const lines = [...earlier.filter(isLine), ...state.lines];
  const read = { customer: found(lines, state.read.customer), technician: found(lines, state.read.technician) };
  return {
    ...state,
    lines,
    translations: [...translations(earlier), ...state.translations],
    first: earlier[0]?.seq ?? state.first,
    older: page.older,
    read,
  };
}

function isLine(one: Numbered): one is Line {
  return one.event.kind !== "translation";
}

function translations(events: readonly Numbered[]): Translation[] {
  return events.flatMap(({ event }) => (event.kind === "translation" ? event : []));
}

export function takeEvent<Ticket>(
  state: Transcript<Ticket>,
  numbered: Numbered,
  apply: Apply<Ticket>,
): Transcript<Ticket> {
  const { seq } = numbered;
  if (state.epoch === null || seq <= state.tail) return state;
  if (seq > state.tail + 1) return { ...state, behind: true };
  const next = { ...state, first: state.first || seq, tail: seq };
  if (!isLine(numbered)) return { ...next, translations: [...state.translations, ...translations([numbered])] };
  const { event } = numbered;
  return {
    ...next,
    ticket: state.ticket && apply(state.ticket, event),
    lines: [...state.lines, numbered],
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

/** Whether there are translations, or may be. */
export function translated(state: Transcript<{ readonly translates: boolean }> | undefined): boolean {
  return !!state && (!!state.ticket?.translates || state.translations.length > 0);
}

/** One side tells or sends the other something. */
export function isSaid(event: Numbered["event"]): event is Message | FileSent {
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

/** What a customer's ticket becomes: state, who is in the chat, who reads what, whether somebody waits. */
export function applyForCustomer(ticket: CustomerTicket, entry: Entry): CustomerTicket {
  if (entry.kind === "tell_later" || entry.kind === "stays") return { ...ticket, tell_later: entry.kind === "tell_later" };
  if (entry.kind === "language") return { ...ticket, language: entry.lang };
  if (!("status" in entry)) return ticket;
  const { status, chat, reader } = entry;
  return { ...ticket, status, chat, reader, technician: inChat(ticket.technician, entry) };
}

/** Joining brings a technician in, and so does taking back an End chat or Close. */
function inChat(before: string | null, entry: Extract<Entry, { status: Status }>): string | null {
  if (entry.chat !== "joined") return null;
  return entry.author.role === "technician" && entry.kind !== "status" ? entry.author.name : before;
}
