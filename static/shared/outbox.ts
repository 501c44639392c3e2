/**
 * The unsent messages of one ticket in this browser: kept in storage, sent in order, one at a time, whenever the ticket is
 * watched. What another tab left behind when it was closed or crashed is adopted, stream and numbers included.
 */

import * as core from "./outbox-core.ts";
import type { Box, Item } from "./outbox-core.ts";
import { hold, type Hold } from "./hold.ts";
import { streamId, uuid } from "./ids.ts";
import { Refusal, Unreachable } from "./refusal.ts";
import { forget, keysWith, recallJson, rememberJson } from "./storage.ts";

export type { Item } from "./outbox-core.ts";

/** A message as it goes over the wire, without `ref` and ticket. */
export interface Outgoing {
  readonly kind: Item["kind"];
  readonly stream: string;
  readonly n: number;
  readonly client_id: string;
  readonly text: string;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

interface Held {
  box: Box;
  readonly key: string;
  readonly hold: Hold;
}

export class Outbox {
  onchange: () => void = () => undefined;

  readonly #prefix: string;
  readonly #send: (message: Outgoing) => Promise<unknown>;
  /** Adopted boxes first: their messages are older. The last one is our own. */
  #boxes: Held[] = [];
  #watched = false;
  #busy = false;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #waitMs = FIRST_WAIT_MS;

  /** `actor`: whose messages these are in this browser (a technician's id, a customer's portal). */
  constructor(actor: string, ticket: string, send: (message: Outgoing) => Promise<unknown>) {
    this.#prefix = `outbox:${actor}:${ticket}:`;
    this.#send = send;
    const stream = streamId();
    const key = this.#prefix + stream;
    this.#boxes = [{ box: core.emptyBox(stream), key, hold: hold(key) }];
    void this.#adopt();
  }

  /** Everything unsent, in the order in which it will go. */
  get items(): readonly Item[] {
    return this.#boxes.flatMap(({ box }) => box.items);
  }

  add(text: string, kind: Item["kind"] = "message"): void {
    const own = this.#boxes.at(-1);
    if (!own) return;
    this.#set(own, core.add(own.box, { client_id: uuid(), kind, text, at: Date.now() }));
    void this.#flush();
  }

  /** The ticket is watched on an open socket: messages may go. */
  ready(): void {
    this.#watched = true;
    void this.#adopt().then(() => this.#flush());
  }

  /** The connection is gone; what is on its way goes again later. */
  pause(): void {
    this.#watched = false;
    clearTimeout(this.#wait);
  }

  /** An event with this client_id is in the transcript. */
  stored(client_id: string): void {
    for (const held of this.#boxes) this.#set(held, core.stored(held.box, client_id));
  }

  retry(client_id: string): void {
    for (const held of this.#boxes) this.#set(held, core.retry(held.box, client_id));
    void this.#flush();
  }

  discard(client_id: string): void {
    for (const held of this.#boxes) this.#set(held, core.discard(held.box, client_id));
  }

  /** Leaves what is unsent in storage for the next one who opens this ticket. */
  dispose(): void {
    this.pause();
    for (const held of this.#boxes) held.hold.release();
    this.#boxes = [];
  }

  /** Throws away everything unsent: this browser is to forget its customer. */
  clear(): void {
    for (const held of this.#boxes) this.#set(held, core.emptyBox(held.box.stream));
    this.dispose();
  }

  async #adopt(): Promise<void> {
    for (const key of keysWith(this.#prefix)) {
      if (this.#boxes.some((held) => held.key === key)) continue;
      const orphan = hold(key, { ifFree: true });
      if (!(await orphan.held)) continue;
      const box = recallJson<Box>(key);
      if (!box || this.#boxes.length === 0) orphan.release();
      else this.#boxes.unshift({ box: core.interrupted(box), key, hold: orphan });
    }
    this.onchange();
  }

  async #flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let held = this.#next(); held && this.#watched; held = this.#next()) {
        if (!(await this.#sendHead(held))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Held | undefined {
    return this.#boxes.find(({ box }) => core.head(box));
  }

  /** Whether to go on with the next message at once. */
  async #sendHead(held: Held): Promise<boolean> {
    const item = core.head(held.box);
    if (!item) return true;
    const { kind, client_id, text } = item;
    const { stream, next } = held.box;
    this.#set(held, core.sending(held.box, client_id));
    try {
      await this.#send({ kind, stream, n: next, client_id, text });
    } catch (error) {
      return this.#refused(held, client_id, error);
    }
    this.#waitMs = FIRST_WAIT_MS;
    this.#set(held, core.stored(held.box, client_id));
    return true;
  }

  #refused(held: Held, client_id: string, error: unknown): boolean {
    if (error instanceof Unreachable) {
      this.#set(held, core.interrupted(held.box));
      return false;
    }
    if (!(error instanceof Refusal)) throw error;
    if (error.passing) {
      this.#set(held, core.interrupted(held.box));
      this.#later(error.retry_after_ms);
      return false;
    }
    const { resend_from } = error;
    if (resend_from !== null && resend_from !== held.box.next) this.#set(held, core.resendFrom(held.box, resend_from));
    else if (error.code === "conflict" && held.box.next > 1) this.#set(held, core.restream(held.box, streamId()));
    else this.#set(held, core.failed(held.box, client_id, error.code));
    return true;
  }

  #later(afterMs: number | null): void {
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => void this.#flush(), afterMs ?? this.#waitMs);
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  #set(held: Held, box: Box): void {
    if (box === held.box) return;
    held.box = box;
    if (box.items.length > 0) rememberJson(held.key, box);
    else forget(held.key);
    this.onchange();
  }
}
