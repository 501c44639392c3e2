/** The transcripts that this page watches: the open ticket and all of mine. */
import type {
  CustomerHere,
  Details,
  HintFrame,
  Read,
  Summary,
  TechnicianEventFrame,
  TechnicianPage,
  TechnicianTranslates,
  Typing,
} from "../../shared/protocol.d.ts";
import { Outbox, type Outgoing } from "../../shared/outbox.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import * as core from "../../shared/transcript.ts";
import { ask, type Connection } from "./connection.ts";
import { Store } from "./store.ts";

export interface Chat {
  readonly id: string;
  transcript: core.Transcript<Details>;
  readonly outbox: Outbox;
  /** loading: no page yet; gone: out of reach (away, access taken, or it never was). */
  state: "loading" | "there" | "gone";
  /** Until when the customer counts as one whom no WebSocket reaches. */
  slowUntil: number;
  /** Until when the customer counts as connected. */
  hereUntil: number;
}

/** Whether the customer of this ticket is connected, by socket or over HTTP. */
export function isHere(chat: Chat, now: number): boolean {
  return Math.max(chat.hereUntil, chat.slowUntil) > now;
}

/** A socket may watch 128 tickets; the open one and these many of mine are. */
const MOST_WATCHED = 100;
const BUSY_MS = 2_000;
/** The server tells of it every 20 to 30 s. */
const SLOW_MS = 60_000;
/** The server tells of it every 25 s; what is not renewed is seen as gone within 45 s. */
const HERE_MS = 35_000;

export class Chats extends Store {
  readonly #connection: Connection;
  readonly #me: string;
  readonly #chats = new Map<string, Chat>();
  readonly #watching = new Set<string>();
  #typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, me: string) {
    super();
    this.#connection = connection;
    this.#me = me;
  }

  get(ticket: string): Chat | undefined {
    return this.#chats.get(ticket);
  }

  summary(ticket: string): Summary | null {
    return this.#chats.get(ticket)?.transcript.ticket?.summary ?? null;
  }

  /** Watches these, as many of them as a socket may, and any in which a message still waits to go. */
  keep(tickets: readonly string[]): void {
    const unsent = [...this.#chats.values()].filter(({ outbox }) => outbox.items.some((item) => item.state !== "failed"));
    const wanted = new Set([...tickets.slice(0, MOST_WATCHED), ...unsent.map(({ id }) => id)]);
    for (const id of [...this.#chats.keys()]) if (!wanted.has(id)) this.#close(id);
    for (const id of wanted) if (!this.#chats.has(id)) this.#open(id);
  }

  /** The socket is open: every transcript goes on from where it stands. */
  start(): void {
    for (const id of this.#chats.keys()) void this.#watch(id);
  }

  pause(): void {
    for (const chat of this.#chats.values()) chat.outbox.pause();
  }

  /** Signed out: what is unsent stays in storage for the next time. */
  dispose(): void {
    clearTimeout(this.#typingTimer);
    for (const id of [...this.#chats.keys()]) this.#close(id);
  }

  /** Away: what is not mine is out of reach at once, whatever is still on its way. */
  forgetAllBut(mine: (ticket: string) => boolean): void {
    for (const id of this.#chats.keys()) if (!mine(id)) this.gone(id);
  }

  /** Tries a ticket again that was out of reach: it may have come back with availability. */
  retry(ticket: string): void {
    const chat = this.#chats.get(ticket);
    if (chat?.state === "gone") void this.#watch(ticket);
  }

  async older(ticket: string): Promise<void> {
    const chat = this.#chats.get(ticket);
    if (!chat?.transcript.older) return;
    const page = await ask(this.#connection, { type: "older", ticket, before: chat.transcript.first }, "older");
    this.#become(chat, core.takeOlder(chat.transcript, page));
  }

  event(frame: TechnicianEventFrame): void {
    const chat = this.#chats.get(frame.ticket);
    if (!chat) return;
    this.#become(chat, core.takeEvent(chat.transcript, frame, applyForStaff));
    const { event } = frame;
    if ("client_id" in event && event.client_id) chat.outbox.stored(event.client_id);
  }

  read(frame: Read): void {
    const chat = this.#chats.get(frame.ticket);
    if (chat) this.#become(chat, core.takeRead(chat.transcript, frame));
  }

  typing(frame: Typing): void {
    const chat = this.#chats.get(frame.ticket);
    if (!chat || frame.author.id === this.#me) return;
    this.#become(chat, core.takeTyping(chat.transcript, frame, Date.now()));
    this.#typingEnds();
  }

  /** The server's last numbers: above ours means that a frame was lost. */
  tails(tails: Readonly<Record<string, number>>): void {
    for (const chat of this.#chats.values()) this.#become(chat, core.takeTail(chat.transcript, tails[chat.id]));
  }

  ticket(summary: Summary): void {
    this.#details(summary.id, (details) => ({ ...details, summary }));
  }

  hint({ hint }: HintFrame): void {
    this.#details(hint.ticket, (details) => ({ ...details, hint }));
  }

  /** Who watches anew has it translated into his own language, what was said before included. */
  translates({ ticket, translates }: TechnicianTranslates): void {
    const before = this.#chats.get(ticket)?.transcript.ticket?.translates;
    this.#details(ticket, (details) => ({ ...details, translates }));
    if (translates && before === false) void this.#watch(ticket);
  }

  slowPath(ticket: string): void {
    const chat = this.#chats.get(ticket);
    if (!chat) return;
    chat.slowUntil = Date.now() + SLOW_MS;
    this.changed();
  }

  customerHere({ ticket, here }: CustomerHere): void {
    const chat = this.#chats.get(ticket);
    if (!chat) return;
    chat.hereUntil = here ? Date.now() + HERE_MS : 0;
    this.changed();
  }

  gone(ticket: string): void {
    const chat = this.#chats.get(ticket);
    if (!chat) return;
    chat.state = "gone";
    this.#become(chat, core.emptyTranscript<Details>());
  }

  #open(id: string): void {
    const send = (message: Outgoing): Promise<unknown> => this.#send(id, message);
    const outbox = new Outbox(this.#me, id, send);
    outbox.onchange = () => this.changed();
    const transcript = core.emptyTranscript<Details>();
    this.#chats.set(id, { id, transcript, outbox, state: "loading", slowUntil: 0, hereUntil: 0 });
    void this.#watch(id);
  }

  #close(id: string): void {
    const chat = this.#chats.get(id);
    if (!chat) return;
    chat.outbox.onchange = () => undefined;
    chat.outbox.dispose();
    this.#chats.delete(id);
    if (chat.state !== "gone") this.#connection.post({ type: "unwatch", ticket: id });
  }

  #send(ticket: string, { kind, ...message }: Outgoing): Promise<unknown> {
    return this.#connection.call({ type: kind === "note" ? "note" : "send", ticket, ...message });
  }

  /** Asks for what is missing until nothing is; messages go out from then on. */
  async #watch(id: string): Promise<void> {
    if (this.#watching.has(id) || this.#connection.state !== "open") return;
    this.#watching.add(id);
    try {
      await this.#catchUp(id);
    } catch (error) {
      this.#unwatchable(id, error);
    } finally {
      this.#watching.delete(id);
    }
  }

  async #catchUp(id: string): Promise<void> {
    for (;;) {
      const chat = this.#chats.get(id);
      if (!chat) return;
      const where = core.position(chat.transcript);
      const page = await ask(this.#connection, { type: "watch", ticket: id, ...where }, "page");
      if (this.#chats.get(id) !== chat) return;
      this.#take(chat, page);
      if (chat.transcript.behind) continue;
      chat.outbox.ready();
      return;
    }
  }

  #take(chat: Chat, page: TechnicianPage): void {
    chat.state = "there";
    this.#become(chat, core.takePage(chat.transcript, page));
    for (const { event } of page.events) {
      if ("client_id" in event && event.client_id) chat.outbox.stored(event.client_id);
    }
  }

  /** No answer: `start` comes back to it. A busy server is asked again; anything else means it is not ours to see. */
  #unwatchable(id: string, error: unknown): void {
    if (error instanceof Unreachable) return;
    if (!(error instanceof Refusal)) throw error;
    if (error.passing) setTimeout(() => void this.#watch(id), error.retry_after_ms ?? BUSY_MS);
    else this.gone(id);
  }

  #become(chat: Chat, transcript: core.Transcript<Details>): void {
    if (transcript === chat.transcript) return;
    chat.transcript = transcript;
    if (transcript.behind) void this.#watch(chat.id);
    this.changed();
  }

  #details(ticket: string, change: (details: Details) => Details): void {
    const chat = this.#chats.get(ticket);
    const details = chat?.transcript.ticket;
    if (chat && details) this.#become(chat, { ...chat.transcript, ticket: change(details) });
  }

  /** Takes down each "is typing" when its time is over. */
  #typingEnds(): void {
    clearTimeout(this.#typingTimer);
    const ends = [...this.#chats.values()].flatMap(({ transcript }) => transcript.typing.map(({ until }) => until));
    if (ends.length === 0) return;
    this.#typingTimer = setTimeout(() => {
      const now = Date.now();
      for (const chat of this.#chats.values()) this.#become(chat, core.stillTyping(chat.transcript, now));
      this.#typingEnds();
    }, Math.max(0, Math.min(...ends) - Date.now()) + 1);
  }
}

/** A technician's ticket changes by whole summaries (`ticket`, `my_ticket`); of the lines only a language says more. */
function applyForStaff(details: Details, entry: core.Entry): Details {
  return entry.kind === "language" ? { ...details, language: entry.lang } : details;
}
