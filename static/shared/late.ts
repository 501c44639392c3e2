/** Parts of a page that are loaded when they are wanted. */

import { Unreachable } from "./refusal.ts";

/** What cannot be loaded now may be later: it counts as any answer that did not come. */
export async function late<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch {
    throw new Unreachable();
  }
}
