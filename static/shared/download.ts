/** Saving what the server answers as a file. */

import { request, type RequestOptions } from "./api.ts";

const RELEASE_MS = 60_000; // the browser has taken hold of the blob well before this

/** Under the name that the server gives it. */
export async function download(path: string, options: RequestOptions = {}): Promise<void> {
  const answer = await request("GET", path, undefined, options);
  const name = /filename="?([^";]+)"?/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS);
}
