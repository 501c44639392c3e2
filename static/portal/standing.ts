/** Where a ticket stands, in words for its customer. Pure. */

import type { Key, Params } from "../shared/i18n.ts";
import type { CustomerTicket } from "../shared/protocol.d.ts";
import { LIMITS } from "../shared/rules.ts";

export interface Standing {
  readonly state: "waiting" | "taken" | "here" | "over";
  readonly key: Key;
  readonly params: Params;
}

export function standing({ status, chat, technician }: CustomerTicket, ahead: number | null): Standing {
  if (status === "done") return at("over", "chat.closed");
  if (chat === "ended") return at("over", "chat.ended");
  if (chat === "joined") {
    return technician === null ? at("here", "chat.somebody_here") : at("here", "chat.here", { name: technician });
  }
  if (ahead === 0) return at("waiting", "chat.next");
  if (ahead !== null && ahead >= LIMITS.AHEAD_CAP) return at("waiting", "chat.ahead_least", { n: ahead });
  if (ahead !== null) return at("waiting", "chat.ahead", { n: ahead });
  return status === "open" || status === "reopened" ? at("waiting", "chat.waiting") : at("taken", "chat.taken");
}

function at(state: Standing["state"], key: Key, params: Params = {}): Standing {
  return { state, key, params };
}
