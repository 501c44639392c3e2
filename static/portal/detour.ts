/**
 * A wire that needs no WebSocket: takes a customer's commands as the socket does, carries them out over HTTP, and says
 * what the socket would say (C-03). Events come by asking for the next one and waiting. Nobody is told who types.
 *
 * Every minute, and when the network comes back, it tries a socket; once one is welcomed it ends, and Socket dials anew.
 */

import { request } from "../shared/api.ts";
import type {
  Ack,
  CustomerCommand,
  CustomerEvents,
  CustomerFrame,
  CustomerHello,
  CustomerNumbered,
  CustomerOlder,
  CustomerSession,
  CustomerWatch,
  CustomerWelcome,
  Sent,
} from "../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../shared/refusal.ts";
import { CLOSE } from "../shared/rules.ts";
import { dialBrowser, type Wire } from "../shared/socket.ts";

const WAIT_S = 25;
const ANSWER_MS = 15_000; // beyond what was asked to wait; proxies that swallow a request never answer
const PROBE_MS = 4_000;
const PROBE_EVERY_MS = 60_000;
const OLDER_EVENTS = 50;
const MANY_TABS_MS = 1_000;

/** Close codes, as the WebSocket protocol knows them. */
const LOST = 1006;
const RESTARTED = 1012;
const LATER = 1013;

export class Detour implements Wire {
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;

  readonly #path: string;
  readonly #ended = new AbortController();
  #hello: CustomerHello | null = null;
  #ticket = "";
  #epoch = "";
  /** Number of the last event that was told. */
  #tail = 0;
  /** What can be translated, as it was told last. */
  #languages = "";
  #acks: Ack[] = [];
  #following = false;
  #probing = false;
  #probes: ReturnType<typeof setInterval> | undefined;
  /** Commands are carried out one after the other. */
  #turn = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    queueMicrotask(() => this.onopen?.());
  }

  send(data: string): void {
    const command = JSON.parse(data) as CustomerCommand;
    this.#turn = this.#turn.then(() => this.#answer(command));
  }

  close(): void {
    this.#ended.abort();
    clearInterval(this.#probes);
    removeEventListener("online", this.#online);
  }

  #end(code: number): void {
    if (this.#ended.signal.aborted) return;
    this.close();
    this.onclose?.({ code });
  }

  /** Of `welcome` only what a page does not know from its session. */
  #tell(frame: CustomerFrame | Pick<CustomerWelcome, "type" | "languages">): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  // --- commands ----------------------------------------------------------------------------------------------------

  async #answer(command: CustomerCommand): Promise<void> {
    if (this.#ended.signal.aborted) return;
    try {
      await this.#carryOut(command);
    } catch (error) {
      const no = error instanceof Refusal && error.code !== "unauthenticated" && command.type !== "hello";
      if (!no) this.#failed(error);
      else if ("ref" in command) this.#refuse(command.ref, error);
    }
  }

  async #carryOut(command: CustomerCommand): Promise<void> {
    switch (command.type) {
      case "hello":
        return this.#greet(command);
      case "watch":
        return this.#watch(command);
      case "older":
        return this.#older(command);
      case "send": {
        const { ref, ticket, client_id, text } = command;
        const sent = await this.#ask<Sent>("POST", `${mine(ticket)}/messages`, { client_id, text });
        this.#acks.push({ type: "ack", ref, ...sent });
        return this.#acknowledge();
      }
      case "end_chat":
      case "resume_chat":
        await this.#ask("POST", `${mine(command.ticket)}/${command.type.replace("_", "-")}`);
        return this.#tell({ type: "done", ref: command.ref });
      case "set_language":
        await this.#ask("PUT", `${mine(command.ticket)}/language`, { lang: command.lang });
        return this.#tell({ type: "done", ref: command.ref });
      case "read":
        return this.#ask("POST", `${mine(command.ticket)}/read`, { event: command.event });
      case "ping":
        this.#take(await this.#look(0));
        return this.#tell({ type: "pong" });
      case "typing":
    }
  }

  /** What was sent is acknowledged once its line is there, as a socket does: else it would be gone from the page for a moment. */
  #acknowledge(): void {
    const ready = this.#acks.filter(({ seq }) => seq <= this.#tail);
    this.#acks = this.#acks.filter(({ seq }) => seq > this.#tail);
    for (const ack of ready) this.#tell(ack);
  }

  #refuse(ref: number, { code, message, who, field, resend_from, retry_after_ms }: Refusal): void {
    this.#tell({ type: "refused", ref, code, message, who, field, resend_from, retry_after_ms });
  }

  #failed(error: unknown): void {
    if (error instanceof Refusal) this.#end(error.code === "unauthenticated" ? CLOSE.UNAUTHENTICATED : LATER);
    else if (error instanceof Unreachable) this.#end(LOST);
    else throw error;
  }

  /** Only where HTTP gets through and a socket does not, at the same moment, the detour is needed. */
  async #greet(hello: CustomerHello): Promise<void> {
    this.#hello = hello;
    const session = this.#ask<CustomerSession>("GET", `/api/v1/portals/${hello.portal}/session`);
    const [{ known, languages }, open] = await Promise.all([session, this.#probe()]);
    if (this.#ended.signal.aborted) return;
    if (!known) return this.#end(CLOSE.UNAUTHENTICATED);
    if (open) return this.#leave();
    this.#learns(languages);
    this.#tell({ type: "welcome", languages });
    this.#probes = setInterval(this.#online, PROBE_EVERY_MS);
    addEventListener("online", this.#online);
  }

  async #watch({ ref, ticket, after, epoch }: CustomerWatch): Promise<void> {
    const { ahead, wait, languages: _, ...page } = await this.#events(ticket, { after, epoch });
    const { events, more, tail } = page;
    this.#ticket = ticket;
    this.#epoch = page.epoch;
    this.#tail = events.at(-1)?.seq ?? tail;
    this.#tell({ type: "page", ref, ...page, older: (events[0]?.seq ?? 1) > 1 });
    this.#tell({ type: "position", ticket, ahead, wait });
    this.#acknowledge();
    if (!more) void this.#follow();
  }

  /** A long message may fill an answer alone: asks until everything before is there. */
  async #older({ ref, ticket, before }: CustomerOlder): Promise<void> {
    const start = Math.max(0, before - 1 - OLDER_EVENTS);
    const events: CustomerNumbered[] = [];
    for (let after = start; after < before - 1; after = events.at(-1)?.seq ?? before) {
      const page = await this.#events(ticket, { after });
      events.push(...page.events.filter(({ seq }) => seq < before));
    }
    this.#tell({ type: "older", ref, ticket, events, older: start > 0 });
  }

  // --- events ------------------------------------------------------------------------------------------------------

  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    while (!this.#ended.signal.aborted) {
      try {
        this.#take(await this.#look(WAIT_S));
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== "too_many") return this.#failed(error);
        // more tabs wait than may: this one asks now and then
        await new Promise((resolve) => setTimeout(resolve, error.retry_after_ms ?? MANY_TABS_MS));
      }
    }
  }

  #look(wait: number): Promise<CustomerEvents> {
    return this.#events(this.#ticket, { after: this.#tail, epoch: this.#epoch, wait });
  }

  #take({ ahead, wait, languages, events, ...page }: CustomerEvents): void {
    if (!page.recovered) return this.#end(RESTARTED); // a backup was restored: watch anew
    const ticket = this.#ticket;
    for (const line of events) {
      if (line.seq <= this.#tail) continue; // two answers crossed
      this.#tail = line.seq;
      this.#tell({ type: "event", ticket, ...line });
    }
    this.#acknowledge();
    if (this.#learns(languages)) this.#tell({ type: "languages", languages });
    if (page.tail !== this.#tail) return; // what follows belongs to another moment than the events
    this.#tell({ type: "page", ref: 0, ...page, events: [], older: false });
    this.#tell({ type: "position", ticket, ahead, wait });
  }

  /** Whether this is news. */
  #learns(languages: CustomerEvents["languages"]): boolean {
    const before = this.#languages;
    this.#languages = JSON.stringify(languages);
    return before !== this.#languages;
  }

  // --- back to a socket --------------------------------------------------------------------------------------------

  readonly #online = async (): Promise<void> => {
    if (this.#probing) return;
    this.#probing = true;
    if (await this.#probe()) this.#leave();
    this.#probing = false;
  };

  /** After the commands that are under way. */
  #leave(): void {
    this.#turn = this.#turn.then(() => {
      this.#tell({ type: "going_away", retry_after_ms: 0 });
      this.#end(RESTARTED);
    });
  }

  /** Whether a socket is welcomed now. */
  #probe(): Promise<boolean> {
    return new Promise((resolve) => {
      const wire = dialBrowser(this.#path);
      const settle = (open: boolean): void => {
        clearTimeout(timer);
        wire.onopen = wire.onmessage = wire.onclose = null;
        wire.close();
        resolve(open);
      };
      const timer = setTimeout(() => settle(false), PROBE_MS);
      wire.onopen = () => wire.send(JSON.stringify(this.#hello));
      wire.onmessage = () => settle(true);
      wire.onclose = () => settle(false);
    });
  }

  // --- HTTP --------------------------------------------------------------------------------------------------------

  #events(ticket: string, { wait = 0, ...query }: Record<string, string | number | null | undefined>): Promise<CustomerEvents> {
    const given = Object.entries({ ...query, wait }).filter(([, value]) => value !== null && value !== undefined);
    const asked = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return this.#ask<CustomerEvents>("GET", `${mine(ticket)}/events?${asked}`, undefined, Number(wait) * 1_000);
  }

  async #ask<Answer = void>(method: string, path: string, body?: unknown, waitMs = 0): Promise<Answer> {
    const timer = setTimeout(() => this.#end(LOST), waitMs + ANSWER_MS);
    try {
      const token = this.#hello?.token ?? null;
      const answer = await request(method, path, body, { token, signal: this.#ended.signal });
      return (answer.status === 204 ? undefined : await answer.json()) as Answer;
    } catch (error) {
      throw error instanceof Refusal ? error : new Unreachable(); // also in the middle of an answer
    } finally {
      clearTimeout(timer);
    }
  }
}

function mine(ticket: string): string {
  return `/api/v1/customer/tickets/${ticket}`;
}
