/** The uploads of each ticket of this page: they go on while another ticket is looked at. */

import { hold } from "../hold.ts";
import { keepOriginal } from "./originals.ts";
import { late } from "../late.ts";
import { clearShelf, Shelf } from "./shelf.ts";
import { Uploads, type Means } from "./uploads.ts";
import { wire, type Owner } from "./wire.ts";

const known = new Map<string, { readonly memory: string; readonly uploads: Uploads }>();

/** Those of this person in this ticket, with what an earlier page has left. */
export function uploadsOf(owner: Owner, place: string): Uploads {
  const key = owner.memory + place;
  const uploads = known.get(key)?.uploads ?? begun(owner, place);
  known.set(key, { memory: owner.memory, uploads });
  void uploads.adopt();
  return uploads;
}

/** What works on pictures is loaded with the first one. */
const prepare: Means["prepare"] = async (...given) => (await late(() => import("./picture.ts"))).prepare(...given);

function begun(owner: Owner, place: string): Uploads {
  const uploads = new Uploads({ wire: wire(owner, place), memory: new Shelf(owner.memory, place), hold, prepare });
  uploads.onsmaller = keepOriginal;
  return uploads;
}

/** This browser is to know nothing of the person's files. */
export async function forgetFiles(memory: string): Promise<void> {
  for (const one of known.values()) if (one.memory === memory) one.uploads.clear();
  await clearShelf(memory);
}

addEventListener("online", () => {
  for (const { uploads } of known.values()) uploads.wake();
});
