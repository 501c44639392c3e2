/** How long a customer has waited, and how urgent that is. */
import type { Hint, Summary } from "../../shared/protocol.d.ts";

/** Amber and red, until portals have settings of their own. */
export const LATE_MS = 5 * 60_000;
export const TOO_LATE_MS = 15 * 60_000;

export type Urgency = "calm" | "late" | "too-late";

/** Since when the customer waits for an answer; null where nobody waits (answered, or the ticket is done). */
export function waitingSince(ticket: Summary, hint: Hint): number | null {
  return ticket.status === "done" || ticket.chat === "ended" ? null : hint.waiting_since;
}

export function urgency(since: number | null, now: number): Urgency {
  if (since === null) return "calm";
  const waited = now - since;
  return waited >= TOO_LATE_MS ? "too-late" : waited >= LATE_MS ? "late" : "calm";
}
