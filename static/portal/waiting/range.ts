/** How long it usually takes, in words. Pure. */

import type { Wait } from "../../shared/protocol.d.ts";

export function rangeOf({ from_minutes, to_minutes }: Wait): { readonly key: "waiting.range" | "waiting.about"; readonly params: Record<string, number> } {
  if (from_minutes === to_minutes) return { key: "waiting.about", params: { n: to_minutes } };
  return { key: "waiting.range", params: { from: from_minutes, n: to_minutes } };
}
