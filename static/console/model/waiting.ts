/** How long a customer has waited, and how urgent that is. */
import type { Hint, Summary } from "../../shared/protocol.d.ts";

/** How long somebody may wait at a portal. */
export interface Patience {
  /** The portal's address. */
  readonly portal: string;
  readonly amber_minutes: number;
  readonly red_minutes: number;
}

/** Of a portal of which nothing is known yet: as portals begin. */
const FIRST = { amber_minutes: 5, red_minutes: 15 };
const MINUTE = 60_000;

let known: ReadonlyMap<string, Patience> = new Map();

/** What the portals of my companies say, each time it is told. */
export function learnPatience(portals: readonly Patience[]): void {
  known = new Map(portals.map((one) => [one.portal, one]));
}

export type Urgency = "calm" | "late" | "too-late";

/** Since when the customer waits for an answer; null where nobody waits (answered, or the ticket is done). */
export function waitingSince(ticket: Summary, hint: Hint): number | null {
  return ticket.status === "done" || ticket.chat === "ended" ? null : hint.waiting_since;
}

export function urgency(portal: string, since: number | null, now: number): Urgency {
  if (since === null) return "calm";
  const { amber_minutes, red_minutes } = known.get(portal) ?? FIRST;
  const waited = (now - since) / MINUTE;
  return waited >= red_minutes ? "too-late" : waited >= amber_minutes ? "late" : "calm";
}
