/**
 * Messages that are not stored by the server yet, as pure values. A box belongs to one stream of one ticket and has one
 * message on its way at a time: the head, under the number `next`. Only an ack uses a number up, so a refusal leaves no hole.
 */

import type { ClientId, Stream, StreamNumber, Time } from "./protocol.d.ts";

export interface Item {
  readonly client_id: ClientId;
  readonly kind: "message" | "note";
  readonly text: string;
  readonly at: Time;
  /** sending: on its way, no answer yet; failed: refused for good, `reason` is the code. */
  readonly state: "queued" | "sending" | "failed";
  readonly reason: string | null;
}

export interface Box {
  readonly stream: Stream;
  /** The number that the next message will carry. */
  readonly next: StreamNumber;
  readonly items: readonly Item[];
}

export function emptyBox(stream: Stream): Box {
  return { stream, next: 1, items: [] };
}

export function add(box: Box, message: Pick<Item, "client_id" | "kind" | "text" | "at">): Box {
  return { ...box, items: [...box.items, { ...message, state: "queued", reason: null }] };
}

/** The message whose turn it is. */
export function head(box: Box): Item | undefined {
  return box.items.find((item) => item.state !== "failed");
}

export function sending(box: Box, client_id: ClientId): Box {
  return change(box, client_id, { state: "sending" });
}

/** Stored for good, known by its ack or by its event, whichever comes first. */
export function stored(box: Box, client_id: ClientId): Box {
  const items = box.items.filter((item) => item.client_id !== client_id);
  return items.length === box.items.length ? box : { ...box, items, next: box.next + 1 };
}

/** Refused for good; the next message takes its number. */
export function failed(box: Box, client_id: ClientId, reason: string): Box {
  return change(box, client_id, { state: "failed", reason });
}

/** Whether it arrived is unknown: it goes out again under the same number and id. */
export function interrupted(box: Box): Box {
  return { ...box, items: box.items.map((item) => (item.state === "sending" ? { ...item, state: "queued" } : item)) };
}

/** The server counts differently (it was restored from a backup): its count holds. */
export function resendFrom(box: Box, next: StreamNumber): Box {
  return { ...interrupted(box), next };
}

/** This stream's numbers are taken by other messages: go on in a new one. */
export function restream(box: Box, stream: Stream): Box {
  return { ...interrupted(box), stream, next: 1 };
}

/** A failed message goes to the end of the queue. */
export function retry(box: Box, client_id: ClientId): Box {
  const item = box.items.find((one) => one.client_id === client_id && one.state === "failed");
  if (!item) return box;
  const others = box.items.filter((one) => one !== item);
  return { ...box, items: [...others, { ...item, state: "queued", reason: null }] };
}

/** Only what has failed can be thrown away; anything else may be on the other side already. */
export function discard(box: Box, client_id: ClientId): Box {
  return { ...box, items: box.items.filter((item) => item.client_id !== client_id || item.state !== "failed") };
}

function change(box: Box, client_id: ClientId, changes: Partial<Item>): Box {
  return { ...box, items: box.items.map((item) => (item.client_id === client_id ? { ...item, ...changes } : item)) };
}
