/**
 * Files on their way in this browser, so that a reload goes on where it was: what they are stands with everything else
 * that we remember, their bytes in IndexedDB. Where a browser refuses that, the note alone stays, and the page says
 * honestly that the file has to be chosen again.
 */

import { forget, keysWith, recallJson, rememberJson } from "../storage.ts";
import type { Item } from "./items.ts";

export type Note = Pick<Item, "client_id" | "name" | "size" | "at" | "picture" | "upload" | "original_of"> & {
  /** It waits for the person to send it. */
  readonly ready: boolean;
};

const DATABASE = "deskwire";
const STORE = "files";

/** Prefix of the notes about a person's files; pages look for such before they load any of this. */
function shelfOf(memory: string): string {
  return `${memory}file:`;
}

export class Shelf {
  readonly #prefix: string;

  constructor(memory: string, place: string) {
    this.#prefix = `${shelfOf(memory)}${place}:`;
  }

  get notes(): Note[] {
    const notes = keysWith(this.#prefix).map((key) => recallJson<Note>(key));
    return notes.filter((note) => note !== null).toSorted((a, b) => a.at - b.at);
  }

  note(note: Note): void {
    rememberJson(this.#prefix + note.client_id, note);
  }

  async keep(client_id: string, blob: Blob): Promise<void> {
    await run("readwrite", (store) => store.put(blob, this.#prefix + client_id));
  }

  async blob(client_id: string): Promise<Blob | null> {
    const found = await run("readonly", (store) => store.get(this.#prefix + client_id));
    return found instanceof Blob ? found : null;
  }

  async drop(client_id: string): Promise<void> {
    forget(this.#prefix + client_id);
    await run("readwrite", (store) => store.delete(this.#prefix + client_id));
  }
}

/** Leaves nothing of this person's files in the browser. */
export async function clearShelf(memory: string): Promise<void> {
  const prefix = shelfOf(memory);
  for (const key of keysWith(prefix)) forget(key);
  await run("readwrite", (store) => store.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

/** undefined where the browser keeps nothing: third-party frames, private windows, a full disk. */
async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const database = await opened();
    try {
      return await done(work(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function opened(): Promise<IDBDatabase> {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
  return done(asked);
}

function done<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
