/** Where a ticket stands, in words for its customer. Pure. */

import type { Key, Params } from "../shared/i18n.ts";
import type { CustomerTicket } from "../shared/protocol.d.ts";

export interface Standing {
  readonly state: "waiting" | "taken" | "here" | "over";
  readonly key: Key;
  readonly params: Params;
}

export function standing(ticket: CustomerTicket, ahead: number | null): Standing {
  if (ticket.status === "done") return { state: "over", key: "chat.closed", params: {} };
  if (ticket.chat === "ended") return { state: "over", key: "chat.ended", params: {} };
  if (ticket.chat === "joined") {
    return ticket.technician === null
      ? { state: "here", key: "chat.somebody_here", params: {} }
      : { state: "here", key: "chat.here", params: { name: ticket.technician } };
  }
  if (ahead === 0) return { state: "waiting", key: "chat.next", params: {} };
  if (ahead !== null) return { state: "waiting", key: "chat.ahead", params: { n: ahead } };
  const waits = ticket.status === "open" || ticket.status === "reopened";
  return { state: waits ? "waiting" : "taken", key: waits ? "chat.waiting" : "chat.taken", params: {} };
}
