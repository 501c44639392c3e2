/** What a failure means for a file that is on its way. Pure. */

import { Refusal, Unreachable } from "../refusal.ts";
import type { Item } from "./items.ts";

/** again: it passes by itself · anew: the server has swept what it had · refused: for good · failed: the person decides. */
export type Verdict = "again" | "anew" | "refused" | "failed";

/** Who is told to come back later than this is told so, and decides. */
const PATIENCE_MS = 60_000;

export function verdict(error: Refusal | Unreachable, { upload }: Pick<Item, "upload">): Verdict {
  if (error instanceof Unreachable || error.code === "offset") return "again";
  if (error.passing && (error.retry_after_ms ?? 0) <= PATIENCE_MS) return "again";
  if (error.code === "not_found" && upload !== null) return "anew";
  return error.code.startsWith("file_") || error.code === "too_large" ? "refused" : "failed";
}
