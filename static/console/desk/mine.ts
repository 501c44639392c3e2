/** My tickets, live. They stay with me whether I am available or not. */
import type { HintFrame, MineFrame, MyTicket, Summary } from "../../shared/protocol.d.ts";
import { NO_TICKETS, changed, hinted, replaced, unreadOf, without, type MyTickets } from "../model/my-tickets.ts";
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

  replace(frame: Pick<MineFrame, "rows">): void {
    this.#become(replaced(frame));
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
