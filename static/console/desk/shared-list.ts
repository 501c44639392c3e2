/** The shared list, live: asks for the pages that the screen needs, one at a time, and feeds the frames into the model. */
import type { Counts, HintFrame, TicketFrame } from "../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { counted, within, type CountsByCompany } from "../model/counts.ts";
import { FIRST_ORDER, ListStore, type Order, type Wanted } from "../model/list-store.ts";
import { ask, type Connection } from "./connection.ts";
import { Store } from "./store.ts";

/** After the server was too busy for a page. */
const BUSY_MS = 2_000;

class Rows extends Store {
  tell(): void {
    this.changed();
  }
}

/** Order, length, counts. What is in the rows changes far more often, and has listeners of its own. */
export class SharedList extends Store {
  readonly model = new ListStore();
  readonly rows = new Rows();
  counts: CountsByCompany = new Map();
  /** What is asked for: the tabs and headers show it at once, the rows follow with their page. */
  order: Order;

  readonly #connection: Connection;
  #available = false;
  #first = 0;
  #last = 0;
  /** The run starts anew from this slot as soon as the page under way is there. */
  #again: { slot: number; join: "afresh" | "again" } | null = null;
  #asking = false;
  /** The page under way starts the run anew. */
  #afresh = false;
  /** Rises with each `forget`: an answer to an earlier question is then no longer wanted. */
  #generation = 0;
  #moved = 0;

  constructor(connection: Connection, order: Order = FIRST_ORDER) {
    super();
    this.#connection = connection;
    this.order = order;
  }

  /** Whether a page is on its way that will replace what is shown. */
  get turning(): boolean {
    return this.#again !== null || this.#afresh;
  }

  /** Slots by which rows were moved against the top since this was last asked; scrolling makes up for it. */
  takeMoved(): number {
    const moved = this.#moved;
    this.#moved = 0;
    return moved;
  }

  /** These slots are on the screen. */
  show(first: number, last: number): void {
    this.#first = first;
    this.#last = last;
    void this.#fill();
  }

  /** View, header or direction were clicked: from the top, in the new order. */
  arrange(order: Order): void {
    this.order = order;
    this.refresh();
    this.changed();
  }

  /** The whole list anew, from the top. */
  refresh(): void {
    this.#again = { slot: 0, join: "afresh" };
    void this.#fill();
  }

  /** What is new comes in at the top: without asking, where all of it is known. Else hundreds of consoles would ask at once. */
  slide(): void {
    if (this.turning || !this.model.slide()) this.refresh();
    else this.changed();
  }

  /** The socket is open and I am available: everything is asked for anew, where the screen stands. */
  start(): void {
    this.#available = true;
    this.#resume();
  }

  /** In the middle of the list the same rows stay on the screen; at its top stands what is new. */
  #resume(): void {
    this.#again = { slot: this.#first, join: this.#first > 0 ? "again" : "afresh" };
    void this.#fill();
  }

  /** The socket is gone: what is shown stays, but it is old. */
  pause(): void {
    this.#available = false;
  }

  /** Away, or signed out: nothing of the shared list stays in memory. */
  forget(): void {
    this.#available = false;
    this.#generation += 1;
    this.#again = null;
    this.model.forget();
    this.counts = new Map();
    this.changed();
  }

  ticket(frame: TicketFrame): void {
    if (!this.#available) return;
    if (this.model.apply(frame)) this.rows.tell();
  }

  hint(frame: HintFrame): void {
    if (!this.#available) return;
    if (this.model.hint(frame)) this.rows.tell();
  }

  count(frame: Counts): void {
    if (!this.#available) return;
    this.counts = counted(this.counts, frame);
    this.changed();
  }

  drop(ticket: string): void {
    this.model.drop(ticket);
    this.changed();
  }

  /** My companies are these from now on; nothing of another one stays, not even until the next page. */
  companies(ids: readonly string[]): void {
    this.counts = within(this.counts, ids);
    const foreign = this.model.rows.filter(({ ticket }) => !ids.includes(ticket.company.id));
    for (const { ticket } of foreign) this.model.drop(ticket.id);
    this.changed();
  }

  async #fill(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (let wanted = this.#wanted(); wanted; wanted = this.#wanted()) await this.#ask(wanted);
    } catch (error) {
      this.#afresh = false;
      this.model.unanswered();
      this.#failed(error);
    } finally {
      this.#asking = false;
    }
  }

  #wanted(): Wanted | null {
    if (!this.#available || this.#connection.state !== "open") return null;
    const again = this.#again;
    this.#again = null;
    if (again !== null) return this.model.again(again.slot, this.order, again.join);
    return this.model.wanted(this.#first, this.#last);
  }

  async #ask(wanted: Wanted): Promise<void> {
    const generation = this.#generation;
    const { order, offset, limit } = wanted;
    this.#afresh = wanted.join === "afresh" || wanted.join === "again";
    this.model.asked();
    const { view, sort, descending } = order;
    const only = order.only ? { queues: [...order.only.queues], assignees: [...order.only.assignees] } : null;
    const page = await ask(this.#connection, { type: "list", view, sort, descending, offset, limit, only }, "list");
    this.#afresh = false;
    if (generation !== this.#generation) return;
    this.#moved += this.model.place(wanted, page);
    this.changed();
  }

  /** Without a connection, or away meanwhile, `start` asks again; a busy server is asked again a little later. */
  #failed(error: unknown): void {
    if (error instanceof Unreachable) return;
    if (!(error instanceof Refusal)) throw error;
    if (error.passing) setTimeout(() => this.#resume(), error.retry_after_ms ?? BUSY_MS);
  }
}
