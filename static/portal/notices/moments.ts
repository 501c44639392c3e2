/** When a page shows something else by itself: the portal opens or closes, a notice is over. Pure. */

import type { Portal } from "../../shared/protocol.d.ts";

/** The next such moment on the server's clock; null: none is known. */
export function nextMoment({ opens_at, closes_at, notices }: Pick<Portal, "opens_at" | "closes_at" | "notices">): number | null {
  const moments = [opens_at, closes_at, ...notices.map(({ expires_at }) => expires_at)].filter((at) => at !== null);
  return moments.length > 0 ? Math.min(...moments) : null;
}
