/** Bytes of files that were sent, for our own pages. Where a cookie does not come back they are fetched with the token. */

import { request } from "../api.ts";
import type { Owner } from "./wire.ts";

/** Where a card stands: the ticket's path in the API, and who reads. */
export interface Placed {
  readonly place: string;
  readonly owner: Owner;
}

const RELEASE_MS = 60_000; // the browser has taken hold of the blob well before this

/** An address that an `<img>` can show; `release` it when it is not shown any more. */
export async function address(path: string, { token }: Owner): Promise<string> {
  if (!token) return path;
  const answer = await request("GET", path, undefined, { token });
  return URL.createObjectURL(await answer.blob());
}

export function release(shown: string | null): void {
  if (shown?.startsWith("blob:")) URL.revokeObjectURL(shown);
}

/** What a link does that cannot say who asks. */
export async function save(path: string, owner: Owner, name: string): Promise<void> {
  const link = document.createElement("a");
  link.href = await address(path, owner);
  link.download = name;
  link.click();
  setTimeout(() => release(link.href), RELEASE_MS);
}
