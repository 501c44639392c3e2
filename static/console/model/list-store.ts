/**
 * The shared list as this page knows it. No I/O, no clock, no DOM.
 *
 * The server pages by offset while tickets come and go, so offsets alone would skip or repeat rows. What is kept here is
 * one unbroken run of rows around what is on the screen; it grows at either end by a page that overlaps it, and the rows
 * both have in common (the anchor) say where the new ones belong. A jump far away starts a new run.
 *
 * Rows never move by themselves: a row that leaves the view stays, dimmed; a row that enters it is only counted, until
 * the list is told to slide or is asked for again.
 */
import type { HintFrame, Hint, Id, ListPage, Sort, Summary, TicketFrame, View } from "../../shared/protocol.d.ts";
import { compare, sameRank } from "./list-order.ts";

export interface Order {
  readonly view: View;
  readonly sort: Sort;
  readonly descending: boolean;
  /** Only these of all tickets; null or missing: all. */
  readonly only?: Part | null;
}

/** What has one of these queues, or is assigned to one of these people. `name` is for whoever chose it. */
export interface Part {
  readonly name: string;
  readonly queues: readonly Id[];
  readonly assignees: readonly Id[];
}

export interface ListRow {
  ticket: Summary;
  hint: Hint;
  /** Number of the last change that is in `ticket`. */
  seq: number;
  /** No longer in this view. */
  left: boolean;
  /** Would stand elsewhere by now, so it says nothing about where others belong. */
  moved: boolean;
}

/** A ticket that belongs into the view by now and is not shown. */
interface Newcomer {
  readonly ticket: Summary;
  readonly seq: number;
  /** Told a moment after the ticket; null until then. */
  readonly hint: Hint | null;
}

/** A page to ask the server for, and how its answer joins the run. */
export interface Wanted {
  readonly join: "afresh" | "again" | "after" | "before";
  readonly order: Order;
  readonly offset: number;
  readonly limit: number;
}

/** Rows a page brings in. */
export const PAGE = 100;
/** Rows asked for on top at each side, in which the anchor is looked for: as many tickets may come and go between two pages. */
export const OVERLAP = 25;
/** The run's longest: memory stays small however far one scrolls. */
export const KEPT = 1_000;

export const FIRST_ORDER: Order = { view: "all", sort: "time", descending: true };

export class ListStore {
  order: Order = FIRST_ORDER;
  /** Whether anything has been loaded in this order. */
  loaded = false;
  /** Slot of the run's first row. */
  start = 0;
  rows: ListRow[] = [];
  /** Slots of the whole list, loaded or not. */
  total = 0;
  readonly newcomers = new Map<Id, Newcomer>();

  #byId = new Map<string, ListRow>();
  /** Where each company's list stood when the run was started. */
  #base: Record<string, number> = {};
  /** Offset at the server minus slot here, when a page last told. */
  #drift = 0;
  #adrift = false;
  /** What came while a page was on its way, whose rows may be older; null while none is. */
  #sinceAsked: (TicketFrame | HintFrame)[] | null = null;

  get end(): number {
    return this.start + this.rows.length;
  }

  /** Whether asking anew would show something else. */
  get stale(): boolean {
    return this.newcomers.size > 0 || this.rows.some((row) => row.left);
  }

  at(slot: number): ListRow | undefined {
    return this.rows[slot - this.start];
  }

  get(id: string): ListRow | undefined {
    return this.#byId.get(id);
  }

  slotOf(id: string): number | null {
    const row = this.#byId.get(id);
    return row ? this.start + this.rows.indexOf(row) : null;
  }

  /** Forgets everything: the shared list is no longer ours to see. */
  forget(): void {
    this.loaded = false;
    this.total = 0;
    this.#begin(0);
    this.#sinceAsked = null;
  }

  /** The next page that the slots from `first` up to `last` (not included) need. */
  wanted(first: number, last: number): Wanted | null {
    const until = Math.min(last, this.total);
    if (!this.loaded) return this.again(0);
    if (first >= until) return null;
    if (this.#adrift || first > this.end || until < this.start) return this.again(first, this.order, "again");
    if (until > this.end) return this.#extension("after", this.end + this.#drift - OVERLAP);
    if (first < this.start) return this.#extension("before", this.start + this.#drift - PAGE - OVERLAP);
    return null;
  }

  /**
   * The page that starts the run anew around a slot; what is shown stays until it is there. `again`: whoever looks at that
   * slot goes on to look at the same rows, whatever came above them meanwhile.
   */
  again(slot: number, order: Order = this.order, join: "afresh" | "again" = "afresh"): Wanted {
    return { join, order, offset: Math.max(0, slot - OVERLAP), limit: PAGE };
  }

  /** A page is asked for: what comes from now on is remembered until `place` or `unanswered`. */
  asked(): void {
    this.#sinceAsked = [];
  }

  unanswered(): void {
    this.#sinceAsked = null;
  }

  /**
   * Takes in the answer. Returns by how many slots the rows on the screen were moved against the top of the list, so
   * that scrolling can make up for it.
   */
  place(wanted: Wanted, page: ListPage): number {
    const held = this.#held(wanted);
    if (wanted.join === "after") this.#placeAfter(page);
    else if (wanted.join === "before") this.#placeBefore(page);
    else this.#placeAfresh(wanted, page);
    const since = this.#sinceAsked ?? [];
    this.#sinceAsked = null;
    for (const frame of since) {
      if (frame.type === "ticket") this.apply(frame);
      else this.hint(frame);
    }
    for (const { row, slot } of held) {
      const now = this.slotOf(row.ticket.id);
      if (now !== null) return now - slot;
    }
    return 0;
  }

  /** A ticket changed or is new. Whether anything that is shown changed with it. */
  apply(frame: TicketFrame): boolean {
    this.#sinceAsked?.push(frame);
    if (!this.loaded) return false;
    const { ticket, company, seq } = frame;
    const row = this.#byId.get(ticket.id);
    if (row) {
      if (seq <= row.seq) return false;
      this.#patch(row, ticket, seq);
      return true;
    }
    if (seq <= (this.#base[company] ?? 0)) return false;
    const before = this.newcomers.size;
    if (!this.#belongs(ticket)) this.newcomers.delete(ticket.id);
    else if (frame.fresh || this.#wouldBeLoaded(ticket)) {
      this.newcomers.set(ticket.id, { ticket, seq, hint: this.newcomers.get(ticket.id)?.hint ?? null });
    }
    return this.newcomers.size !== before;
  }

  /** What messages changed, of whichever ticket; hints carry no number, so an older one is told by its time. */
  hint(frame: HintFrame): boolean {
    this.#sinceAsked?.push(frame);
    const { hint } = frame;
    const newcomer = this.newcomers.get(hint.ticket);
    if (newcomer) this.newcomers.set(hint.ticket, { ...newcomer, hint });
    const row = this.#byId.get(hint.ticket);
    if (!row || hint.last_activity_at < row.hint.last_activity_at) return false;
    row.hint = hint;
    return true;
  }

  /**
   * At the top of the list with the newest first, takes in the newcomers and lets go what has left: what there is to know
   * has been told. Whether it could; anywhere else only the server knows who stands where.
   */
  slide(): boolean {
    const { sort, descending } = this.order;
    const kept = this.rows.filter((row) => !row.left);
    if (sort !== "time" || !descending || this.start > 0 || kept.length === 0) return false;
    const fresh: ListRow[] = [];
    for (const { ticket, seq, hint } of this.newcomers.values()) {
      if (hint === null) return false;
      fresh.push({ ticket, hint, seq, left: false, moved: false });
    }
    this.total += fresh.length + kept.length - this.rows.length;
    this.rows = [...kept, ...fresh].sort(newestFirst);
    this.rows.length = Math.min(KEPT, this.rows.length);
    this.#byId = new Map(this.rows.map((row) => [row.ticket.id, row]));
    this.newcomers.clear();
    return true;
  }

  /** A ticket is out of reach: its row goes, without waiting for the next reload. */
  drop(id: string): void {
    this.newcomers.delete(id);
    const row = this.#byId.get(id);
    if (!row) return;
    this.#byId.delete(id);
    this.rows.splice(this.rows.indexOf(row), 1);
    this.total -= 1;
  }

  /** Where rows stood before a page is placed: the first of them that is there afterwards tells how far all have moved. */
  #held({ join, order, offset }: Wanted): { row: ListRow; slot: number }[] {
    if (join === "afresh" || order !== this.order) return [];
    const from = join === "again" ? Math.max(0, offset + OVERLAP - this.start) : 0;
    const rows = this.rows.slice(from).map((row, i) => ({ row, slot: this.start + from + i }));
    return rows.filter(({ row }) => settled(row));
  }

  #extension(join: "after" | "before", offset: number): Wanted {
    return { join, order: this.order, offset: Math.max(0, offset), limit: PAGE + 2 * OVERLAP };
  }

  #begin(slot: number): void {
    this.start = slot;
    this.rows = [];
    this.#byId.clear();
    this.newcomers.clear();
    this.#base = {};
    this.#drift = 0;
    this.#adrift = false;
  }

  #placeAfresh(wanted: Wanted, page: ListPage): void {
    this.#begin(page.rows.length ? wanted.offset : 0);
    this.order = wanted.order;
    this.loaded = true;
    this.#base = page.positions;
    this.rows = this.#take(page, page.rows);
    // a list that got shorter than where we jumped to is shown from its top
    this.#adrift = page.rows.length === 0 && page.total > 0;
    this.total = page.rows.length || page.total === 0 ? Math.max(page.total, this.end) : page.total;
  }

  #placeAfter(page: ListPage): void {
    const anchor = this.#lastShared(page);
    if (anchor === null) {
      this.#adrift = true;
      return;
    }
    const fresh = page.rows.slice(anchor + 1).filter(({ ticket }) => !this.#byId.has(ticket.id));
    this.rows.push(...this.#take(page, fresh));
    const behind = page.total - page.offset - page.rows.length;
    this.total = this.end + Math.max(0, behind);
    this.#drift = page.offset + page.rows.length - this.end;
    this.#trim(this.rows.length - KEPT);
    if (fresh.length === 0 && behind > 0) this.#adrift = true;
  }

  #placeBefore(page: ListPage): void {
    const anchor = this.#firstShared(page);
    if (anchor === null) {
      this.#adrift = true;
      return;
    }
    const fresh = page.rows.slice(0, anchor).filter(({ ticket }) => !this.#byId.has(ticket.id));
    const behind = this.total - this.end;
    this.rows.unshift(...this.#take(page, fresh));
    // the top of the list is where the server says it is, however many slots we had kept for it
    const above = page.offset === 0 ? 0 : Math.max(1, this.start - fresh.length);
    this.start = above;
    this.#drift = page.offset - this.start;
    this.total = this.end + behind;
    if (this.rows.length > KEPT) this.#cut(this.rows.splice(KEPT));
    if (fresh.length === 0 && page.offset > 0) this.#adrift = true;
  }

  /** Index in the page of the last row that the end of the run has too. */
  #lastShared(page: ListPage): number | null {
    const tail = this.rows.slice(-PAGE - OVERLAP).reverse().filter(settled);
    return indexOfFirst(page, tail);
  }

  #firstShared(page: ListPage): number | null {
    return indexOfFirst(page, this.rows.slice(0, PAGE + OVERLAP).filter(settled));
  }

  #take(page: ListPage, rows: ListPage["rows"]): ListRow[] {
    return rows.map(({ ticket, hint }) => {
      const row = { ticket, hint, seq: page.positions[ticket.company.id] ?? 0, left: false, moved: false };
      this.#byId.set(ticket.id, row);
      this.newcomers.delete(ticket.id);
      return row;
    });
  }

  #trim(count: number): void {
    if (count <= 0) return;
    this.#cut(this.rows.splice(0, count));
    this.start += count;
  }

  #cut(rows: ListRow[]): void {
    for (const row of rows) this.#byId.delete(row.ticket.id);
  }

  #patch(row: ListRow, ticket: Summary, seq: number): void {
    row.moved ||= !sameRank(row.ticket, ticket, this.order.sort);
    row.ticket = ticket;
    row.seq = seq;
    row.left = !this.#belongs(ticket);
  }

  #belongs(ticket: Summary): boolean {
    const { view, only } = this.order;
    if (only && !only.queues.includes(ticket.queue) && !only.assignees.includes(ticket.assignee?.id ?? "")) return false;
    return view === "all" || ticket.view === view;
  }

  /** Whether a ticket that stood in the view all along would be in the run; if so and it is not, it is a newcomer. */
  #wouldBeLoaded(ticket: Summary): boolean {
    const first = this.rows.find(settled);
    const last = this.rows.findLast(settled);
    if (!first || !last) return this.end >= this.total;
    const direction = this.order.descending ? -1 : 1;
    const belowFirst = this.start === 0 || compare(first.ticket, ticket, this.order.sort) * direction < 0;
    const aboveLast = this.end >= this.total || compare(ticket, last.ticket, this.order.sort) * direction < 0;
    return belowFirst && aboveLast;
  }
}

function settled(row: ListRow): boolean {
  return !row.left && !row.moved;
}

/** As the server sorts by time. */
function newestFirst({ ticket: a }: ListRow, { ticket: b }: ListRow): number {
  return b.created_at - a.created_at || (a.id < b.id ? 1 : -1);
}

function indexOfFirst(page: ListPage, candidates: readonly ListRow[]): number | null {
  const index = new Map(page.rows.map(({ ticket }, i) => [ticket.id, i]));
  for (const { ticket } of candidates) {
    const found = index.get(ticket.id);
    if (found !== undefined) return found;
  }
  return null;
}
