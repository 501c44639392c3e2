/** One ticket as its customer lives it: socket, transcript and outbox held together. The element only draws this. */

import { spokenLanguage } from "../shared/i18n.ts";
import { Outbox, type Item, type Outgoing } from "../shared/outbox.ts";
import type { CustomerCommand, CustomerEventFrame, CustomerFrame, CustomerPage, CustomerTicket, Lang, Languages, Wait } from "../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../shared/refusal.ts";
import { CLOSE } from "../shared/rules.ts";
import { Socket, type SocketState } from "../shared/socket.ts";
import {
  applyForCustomer,
  emptyTranscript,
  position,
  stillTyping,
  takeEvent,
  takeOlder,
  takePage,
  takeRead,
  takeTail,
  takeTyping,
  TYPING_MS,
  type Line,
  type Transcript,
} from "../shared/transcript.ts";
import { deviceHints } from "./device.ts";
import { Dialer } from "./dialer.ts";
import type { Visit } from "./visit.ts";

const TYPING_EVERY_MS = 3_000;
const READ_EVERY_MS = 1_000;
const WATCH_AGAIN_MS = 2_000;

export class Chat {
  onchange: () => void = () => undefined;
  /** A line of the other side arrived while we were connected. */
  onarrival: (line: Line) => void = () => undefined;
  /** The server does not know this customer, or this ticket, any more. */
  ongone: () => void = () => undefined;
  /** The portal shows something else now. */
  onportal: () => void = () => undefined;

  readonly id: string;
  transcript: Transcript<CustomerTicket>;
  connection: SocketState = "connecting";
  /** How many wait before this ticket; null when it does not wait. */
  ahead: number | null;
  /** How long that usually takes. */
  wait: Wait | null = null;
  /** Into which languages something can be translated now, from each. */
  languages: Languages["languages"] = {};

  readonly #dialer = new Dialer();
  readonly #socket: Socket<CustomerCommand, CustomerFrame>;
  readonly #outbox: Outbox;
  #watching = false;
  #typedAt = 0;
  #looked: Line | null = null;
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(visit: Visit, ticket: CustomerTicket, ahead: number | null = null) {
    this.id = ticket.id;
    this.ahead = ahead;
    this.transcript = emptyTranscript(ticket);
    this.#outbox = new Outbox(visit.actor, ticket.id, (message) => this.#send(message));
    this.#outbox.onchange = () => this.onchange();
    const hello = (): CustomerCommand => ({
      type: "hello",
      portal: visit.slug,
      token: visit.token,
      device: deviceHints(),
      lang: spokenLanguage(),
    });
    this.#socket = new Socket<CustomerCommand, CustomerFrame>("/ws/v1/customer", hello, this.#dialer.dial);
    this.#socket.onstate = (state, code) => this.#connected(state, code);
    this.#socket.onframe = (frame) => this.#receive(frame);
    this.#socket.connect();
  }

  get ticket(): CustomerTicket {
    return this.transcript.ticket as CustomerTicket;
  }

  /** Connected, but not by a WebSocket. */
  get slow(): boolean {
    return this.#dialer.slow && this.connection === "open";
  }

  get items(): readonly Item[] {
    return this.#outbox.items;
  }

  say(text: string): void {
    this.#typedAt = 0;
    this.#outbox.add(text);
  }

  retry(client_id: string): void {
    this.#outbox.retry(client_id);
  }

  discard(client_id: string): void {
    this.#outbox.discard(client_id);
  }

  /** The customer is typing; told to the other side now and then. */
  typing(): void {
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#socket.post({ type: "typing", ticket: this.id });
  }

  /** The customer has looked at this line. */
  seen(line: Line): void {
    this.#looked = line;
    this.#set(takeRead(this.transcript, { type: "read", ticket: this.id, by: "customer", event: line.event.id, seq: line.seq }));
    this.#readTimer ??= setTimeout(() => this.#tellRead(), READ_EVERY_MS);
  }

  /** Earlier lines. Where they do not come nothing happens: scrolling asks again. */
  async older(): Promise<void> {
    const { first: before } = this.transcript;
    if (before === 0) return;
    try {
      const page = await this.#socket.call({ type: "older", ticket: this.id, before });
      if (page.type === "older") this.#set(takeOlder(this.transcript, page));
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof Refusal)) throw error;
    }
  }

  /** The customer writes and reads this language. */
  async speak(lang: Lang): Promise<void> {
    await this.#socket.call({ type: "set_language", ticket: this.id, lang });
  }

  async end(): Promise<void> {
    await this.#socket.call({ type: "end_chat", ticket: this.id });
  }

  /** Goes on with an ended chat; what was written in the meantime goes out. */
  async resume(): Promise<void> {
    await this.#socket.call({ type: "resume_chat", ticket: this.id });
    for (const { client_id, reason } of this.items) if (reason === "chat_ended") this.#outbox.retry(client_id);
  }

  /** Lets go of the connection; unsent messages stay in this browser. */
  leave(): void {
    clearTimeout(this.#readTimer);
    clearTimeout(this.#watchTimer);
    clearTimeout(this.#typingTimer);
    this.onchange = this.ongone = () => undefined;
    this.#socket.close();
    this.#outbox.dispose();
  }

  /** The same, and nothing unsent stays. */
  forget(): void {
    this.#outbox.clear();
    this.leave();
  }

  #set(next: Transcript<CustomerTicket>): void {
    if (next === this.transcript) return;
    this.transcript = next;
    this.onchange();
    if (next.behind) void this.#watch();
  }

  #connected(state: SocketState, code: number | null): void {
    this.connection = state;
    if (state !== "open") this.#outbox.pause();
    if (code === CLOSE.UNAUTHENTICATED) this.ongone();
    this.onchange();
  }

  /** Nothing but this ticket is watched, so every frame is about it. */
  #receive(frame: CustomerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.languages = frame.languages;
        void this.#watch();
        break;
      case "page":
        this.#paged(frame);
        break;
      case "languages":
        this.languages = frame.languages;
        this.onchange();
        break;
      case "translates": {
        const { translates, reader } = frame;
        this.#set({ ...this.transcript, ticket: { ...this.ticket, translates, reader } });
        break;
      }
      case "event":
        this.#arrived(frame);
        break;
      case "read":
        this.#set(takeRead(this.transcript, frame));
        break;
      case "typing":
        this.#typist(takeTyping(this.transcript, frame, Date.now()));
        break;
      case "position":
        this.ahead = frame.ahead;
        this.wait = frame.wait;
        this.onchange();
        break;
      case "gone":
        this.ongone();
        break;
      case "portal_changed":
        this.onportal();
        break;
      case "heartbeat":
        this.#set(takeTail(this.transcript, frame.tails[this.id]));
        break;
    }
  }

  #arrived(frame: CustomerEventFrame): void {
    const { tail } = this.transcript;
    this.#set(takeEvent(this.transcript, frame, applyForCustomer));
    const { seq, event } = frame;
    if (event.kind === "message" && event.client_id !== null) this.#outbox.stored(event.client_id);
    if (seq > tail && event.kind !== "translation" && event.author.role !== "customer") this.onarrival({ seq, event });
  }

  #typist(next: Transcript<CustomerTicket>): void {
    this.#set(next);
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#set(stillTyping(this.transcript, Date.now())), TYPING_MS);
  }

  /** Asks for everything after what we have, page by page, until the server says that this is all. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      let more: boolean;
      do {
        const page = await this.#socket.call({ type: "watch", ticket: this.id, ...position(this.transcript) });
        more = page.type === "page" && page.more;
      } while (more);
      this.#tellRead();
      this.#outbox.ready();
    } catch (error) {
      this.#notWatched(error);
    } finally {
      this.#watching = false;
    }
  }

  #notWatched(error: unknown): void {
    if (error instanceof Unreachable) return; // the next welcome watches again
    if (!(error instanceof Refusal)) throw error;
    if (error.passing) this.#watchTimer = setTimeout(() => void this.#watch(), error.retry_after_ms ?? WATCH_AGAIN_MS);
    else this.ongone();
  }

  #paged(page: CustomerPage): void {
    this.#set(takePage(this.transcript, page));
    for (const { event } of page.events) {
      if (event.kind === "message" && event.client_id !== null) this.#outbox.stored(event.client_id);
    }
  }

  #tellRead(): void {
    clearTimeout(this.#readTimer);
    this.#readTimer = undefined;
    if (this.#looked) this.#socket.post({ type: "read", ticket: this.id, event: this.#looked.event.id });
  }

  #send({ client_id, stream, n, text }: Outgoing): Promise<unknown> {
    return this.#socket.call({ type: "send", ticket: this.id, client_id, stream, n, text });
  }
}
