/**
 * One socket that comes back by itself. It knows commands with a `ref` and the frames that answer them, silence, close
 * codes and back-off; it does not know what any command means.
 *
 *   waiting -> connecting -> open -> waiting …   closed: the server said not to come back, or close() was called
 */

import { Refusal, Unreachable } from "./refusal.ts";
import type { RefusedFrame } from "./protocol.d.ts";

export type SocketState = "connecting" | "open" | "waiting" | "closed";

type WithRef<Command> = Extract<Command, { ref: number }>;
type WithoutRef<Command> = Exclude<Command, { ref: number }>;
/** A command as the caller writes it: `ref` is added on the way. */
export type Question<Command> = WithRef<Command> extends infer C ? (C extends unknown ? Omit<C, "ref"> : never) : never;
/** Frames that answer a command. */
export type Reply<Frame> = Exclude<Extract<Frame, { ref: unknown }>, RefusedFrame>;

/** What we use of a WebSocket; tests bring their own. */
export interface Wire {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: string): void;
  close(): void;
}

/** `failed`: attempts in a row that led to no lasting connection. */
export type Dial = (path: string, failed: number) => Wire;

const SILENCE_MS = 30_000; // the server's heartbeat comes every 25 s
const ANSWER_MS = 10_000; // to a ping, or to hello
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const FLOOD_DELAY_MS = 5_000;
const FLOOD = 4429;
const STEADY_MS = 10_000; // open for so long, the next back-off starts anew

interface Pending<Frame> {
  resolve(frame: Reply<Frame>): void;
  reject(error: Error): void;
}

interface AnyFrame {
  type: string;
  ref?: number | null;
  retry_after_ms?: number | null;
}

export class Socket<Command extends { type: string }, Frame extends { type: string }> {
  onframe: (frame: Frame) => void = () => undefined;
  /** `code` is the close code when the state is `waiting` or `closed`. */
  onstate: (state: SocketState, code: number | null) => void = () => undefined;
  state: SocketState = "closed";

  readonly #path: string;
  readonly #hello: () => Command;
  readonly #dial: Dial;
  readonly #pending = new Map<number, Pending<Frame>>();
  #wire: Wire | null = null;
  #ref = 0;
  #attempts = 0;
  #openedAt = 0;
  #comeBackAfter: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string, hello: () => Command, dial: Dial = dialBrowser) {
    this.#path = path;
    this.#hello = hello;
    this.#dial = dial;
  }

  connect(): void {
    if (this.#wire || this.state === "waiting") return;
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#doubt);
    document.addEventListener("visibilitychange", this.#wake);
    this.#open();
  }

  /** For good, until connect() is called again. */
  close(): void {
    this.#stop(null);
  }

  /** Sends a command that is answered. Rejects with Refusal (the server's no) or Unreachable (no answer). */
  call(command: Question<Command>): Promise<Reply<Frame>> {
    return new Promise((resolve, reject) => {
      if (!this.#listening || !this.#wire) {
        reject(new Unreachable());
        return;
      }
      const ref = ++this.#ref;
      this.#pending.set(ref, { resolve, reject });
      this.#wire.send(JSON.stringify({ ...command, ref }));
    });
  }

  /** Sends a command that has no answer; nothing happens while there is no connection. */
  post(command: WithoutRef<Command>): void {
    if (this.#listening) this.#wire?.send(JSON.stringify(command));
  }

  /** Whether the server takes commands. One that goes away only finishes those that it has. */
  get #listening(): boolean {
    return this.state === "open" && this.#comeBackAfter === null;
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#comeBackAfter = null;
    this.#enter("connecting", null);
    const wire = this.#dial(this.#path, this.#attempts);
    this.#wire = wire;
    wire.onopen = () => wire.send(JSON.stringify(this.#hello()));
    wire.onmessage = (event) => this.#receive(event.data);
    wire.onclose = (event) => this.#closed(event.code);
    this.#timer = setTimeout(this.#lost, ANSWER_MS);
  }

  #receive(data: unknown): void {
    this.#expect(SILENCE_MS, this.#ping);
    const frame = JSON.parse(String(data)) as AnyFrame;
    if (frame.type === "welcome") this.#welcomed();
    if (frame.type === "going_away") this.#comeBackAfter = frame.retry_after_ms ?? 0;
    if (frame.type === "refused") this.#settle(frame.ref, (pending) => pending.reject(refusal(frame)));
    else this.#settle(frame.ref, (pending) => pending.resolve(frame as unknown as Reply<Frame>));
    this.onframe(frame as unknown as Frame);
  }

  #welcomed(): void {
    this.#openedAt = Date.now();
    this.#enter("open", null);
  }

  #settle(ref: number | null | undefined, how: (pending: Pending<Frame>) => void): void {
    if (ref === null || ref === undefined) return;
    const pending = this.#pending.get(ref);
    this.#pending.delete(ref);
    if (pending) how(pending);
  }

  #expect(within: number, otherwise: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(otherwise, within);
  }

  readonly #ping = (): void => {
    this.#wire?.send('{"type":"ping"}');
    this.#expect(ANSWER_MS, this.#lost);
  };

  /** The network swallowed the connection without a word: do not wait for the close handshake. */
  readonly #lost = (): void => {
    this.#drop();
    this.#closed(1006);
  };

  #drop(): void {
    const wire = this.#wire;
    this.#wire = null;
    if (wire) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close();
    }
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of waiting) pending.reject(new Unreachable());
  }

  #closed(code: number): void {
    if (code >= 4500 && code <= 4999) {
      this.#stop(code);
      return;
    }
    if (this.state === "open" && Date.now() - this.#openedAt > STEADY_MS) this.#attempts = 0;
    this.#drop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), this.#delay(code));
    this.#enter("waiting", code);
  }

  #stop(code: number | null): void {
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#doubt);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#enter("closed", code);
    this.#drop();
  }

  /** Full jitter: after an outage thousands of browsers come back spread over time, not in waves. */
  #delay(code: number): number {
    const asked = this.#comeBackAfter;
    this.#comeBackAfter = null;
    if (asked !== null) {
      this.#attempts = 0;
      return asked;
    }
    const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts++);
    return Math.random() * ceiling + (code === FLOOD ? FLOOD_DELAY_MS : 0);
  }

  /** The device is back (network, or the page is looked at again): look at once whether the connection still lives. */
  readonly #wake = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.state === "waiting") this.#open();
    this.#doubt();
  };

  readonly #doubt = (): void => {
    if (this.state === "open") this.#ping();
  };

  #enter(state: SocketState, code: number | null): void {
    if (this.state === state) return;
    this.state = state;
    this.onstate(state, code);
  }
}

function refusal(frame: AnyFrame): Refusal {
  return new Refusal(frame as unknown as RefusedFrame);
}

export function dialBrowser(path: string): Wire {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new WebSocket(url) as Wire;
}
