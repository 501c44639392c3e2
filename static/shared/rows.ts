/** What a transcript shows, row by row, as pure values: days, groups of bubbles, system lines, the "new" divider. */

import type { Item } from "./outbox-core.ts";
import type { FileSent } from "./protocol.d.ts";
import { sameDay } from "./time.ts";
import type { Entry, Line, Mark, Side, SystemEntry } from "./transcript.ts";

export type Delivery = "queued" | "sending" | "sent" | "read" | "failed";

export interface Bubble {
  readonly row: "bubble";
  readonly key: string;
  readonly at: number;
  readonly text: string;
  /** The file that it is, in the place of a text. */
  readonly file: FileSent | null;
  readonly author: { readonly name: string; readonly role: Side | "system"; readonly id: string | null } | null;
  /** Written by this side. */
  readonly own: boolean;
  readonly note: boolean;
  /** First and last of its author's bubbles within a minute. */
  readonly first: boolean;
  readonly last: boolean;
  /** Only where it says something new: at the last bubble of a run with the same state. */
  readonly delivery: Delivery | null;
  /** Set while it is in the outbox. */
  readonly item: Item | null;
}

export interface SystemLine {
  readonly row: "system";
  readonly key: string;
  readonly event: SystemEntry;
}

export interface Separator {
  readonly row: "day" | "new";
  readonly key: string;
  readonly at: number;
}

export type Row = Bubble | SystemLine | Separator;

export interface Source {
  readonly lines: readonly Line[];
  readonly items: readonly Item[];
  /** How far the other side has read. */
  readonly readByOther: Mark | null;
  readonly side: Side;
  /** Lines above this number are new to the reader. */
  readonly newAfter: number | null;
}

/** Bubbles of one author less than this apart stand together. */
const GROUP_MS = 60_000;

export function rows(source: Source): Row[] {
  const plain = [...source.lines.map((line) => lineRow(line, source)), ...unsent(source).map(itemRow)];
  const separated = withSeparators(plain, source);
  return withQuietDelivery(
    separated.map((row, index) => {
      if (row.row !== "bubble") return row;
      return { ...row, first: !together(separated[index - 1], row), last: !together(row, separated[index + 1]) };
    }),
  );
}

/** An event may arrive before the ack of the message that it is: it is shown once. */
function unsent({ lines, items }: Source): readonly Item[] {
  if (items.length === 0) return items;
  const known = new Set(lines.map(({ event }) => ("client_id" in event ? event.client_id : null)));
  return items.filter((item) => !known.has(item.client_id));
}

/** A message has the same key as in the outbox: the bubble stays the same element when its message is stored. */
export function keyOf(event: Entry): string {
  return ("client_id" in event ? event.client_id : null) ?? event.id;
}

function lineRow({ seq, event }: Line, { side, readByOther }: Source): Bubble | SystemLine {
  if (!("text" in event) && event.kind !== "file") return { row: "system", key: event.id, event };
  const own = event.author.role === side;
  const note = event.kind === "note";
  const delivery = own && !note ? (seq <= (readByOther?.seq ?? 0) ? "read" : "sent") : null;
  const { at, author } = event;
  const said = "text" in event ? { text: event.text, file: null } : { text: "", file: event };
  return { row: "bubble", key: keyOf(event), at, ...said, author, own, note, first: true, last: true, delivery, item: null };
}

function itemRow(item: Item): Bubble {
  const { client_id, at, text, kind, state } = item;
  const note = kind === "note";
  const shape = { first: true, last: true, own: true, author: null, file: null };
  return { row: "bubble", key: client_id, at, text, note, ...shape, delivery: state, item };
}

function withSeparators(plain: readonly (Bubble | SystemLine)[], { lines, newAfter }: Source): Row[] {
  const found: Row[] = [];
  let lastAt: number | null = null;
  let marked = newAfter === null;
  plain.forEach((row, index) => {
    const at = row.row === "bubble" ? row.at : row.event.at;
    if (lastAt === null || !sameDay(lastAt, at)) found.push({ row: "day", key: `day:${row.key}`, at });
    const seq = lines[index]?.seq;
    if (!marked && newAfter !== null && seq !== undefined && seq > newAfter) {
      marked = true;
      if (index > 0) found.push({ row: "new", key: "new", at });
    }
    found.push(row);
    lastAt = at;
  });
  return found;
}

function together(a: Row | undefined, b: Row | undefined): boolean {
  if (a?.row !== "bubble" || b?.row !== "bubble") return false;
  const sameAuthor = a.own === b.own && (a.author === null || b.author === null || a.author.name === b.author.name);
  return sameAuthor && a.note === b.note && b.at - a.at < GROUP_MS;
}

/** "Read" under every bubble would be noise: it stands under the last one that it is true of. */
function withQuietDelivery(all: readonly Row[]): Row[] {
  let below: Delivery | null = null;
  return all
    .toReversed()
    .map((row) => {
      if (row.row !== "bubble" || row.delivery === null) return row;
      const repeated = row.delivery === below && row.delivery !== "failed";
      below = row.delivery;
      return repeated ? { ...row, delivery: null } : row;
    })
    .reverse();
}
