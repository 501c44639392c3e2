/** My tickets, live. They stay with me whether I am available or not. */
import type { HintFrame, Id, MyTicket, Summary } from "../../shared/protocol.d.ts";
import { NO_TICKETS, changed, hinted, taken, unreadOf, without, type MyTickets, type Page } from "../model/my-tickets.ts";
import { Store } from "./store.ts";

export class Mine extends Store {
  readonly #me: string;
  #mine: MyTickets = NO_TICKETS;

  constructor(me: string) {
    super();
    this.#me = me;
  }

  get rows(): MyTickets["rows"] {
    return this.#mine.rows;
  }

  get loaded(): boolean {
    return this.#mine.loaded;
  }

  get unread(): number {
    return unreadOf(this.#mine);
  }

  has(ticket: string): boolean {
    return this.rows.some((row) => row.ticket.id === ticket);
  }

  /** Before which ticket there are older ones; null: that is all. */
  get more(): Id | null {
    return this.#mine.more;
  }

  take(page: Page): void {
    this.#become(taken(this.#mine, page));
  }

  change(frame: MyTicket): void {
    this.#become(changed(this.#mine, frame, this.#me));
  }

  /** The shared list says more of a ticket of mine than we knew. */
  ticket(ticket: Summary): void {
    const row = this.rows.find((one) => one.ticket.id === ticket.id);
    if (row) this.change({ type: "my_ticket", ticket, hint: row.hint });
  }

  hint(frame: HintFrame): void {
    this.#become(hinted(this.#mine, frame));
  }

  drop(ticket: string): void {
    this.#become(without(this.#mine, ticket));
  }

  #become(mine: MyTickets): void {
    if (mine === this.#mine) return;
    this.#mine = mine;
    this.changed();
  }
}
