/** What notices and opening hours mean to a customer where he is now. Pure. */

import type { CustomerTicket } from "../../shared/protocol.d.ts";
import type { Line } from "../../shared/transcript.ts";

/**
 * `visitor`: there is no ticket; `waiting`: it waits in a queue; `leaves`: it waits for news of `notice`; `other`: somebody
 * cares for it, or it is over, and the page speaks of nothing else.
 */
export interface Standing {
  readonly state: "visitor" | "waiting" | "leaves" | "other";
  readonly notices: readonly string[];
}

export function standingOf(ticket: CustomerTicket | null, ahead: number | null, lines: readonly Line[]): Standing {
  if (ticket === null) return { state: "visitor", notices: [] };
  if (ticket.status !== "done" && ticket.chat === "ended") {
    const waits = waitsFor(lines);
    return { state: waits.length > 0 ? "leaves" : "other", notices: waits };
  }
  return { state: ahead !== null && !ticket.shared ? "waiting" : "other", notices: [] };
}

/** Notices for whose news the customer waits, by what the transcript says last. */
export function waitsFor(lines: readonly Line[]): string[] {
  const waits = new Set<string>();
  for (const { event } of lines) {
    if (event.kind === "waits_for_news") waits.add(event.notice);
    else if (event.kind === "news" && event.change === "over") waits.delete(event.notice);
    else if (event.kind === "chat_ended" || event.kind === "chat_resumed" || event.kind === "closed") waits.clear();
  }
  return [...waits];
}
