/** The files of one ticket that are on their way, as a list: what is shown of each, what belongs to it, what is remembered. */

import type { Hold } from "../hold.ts";
import { uuid } from "../ids.ts";
import type { ClientId, Id } from "../protocol.d.ts";
import type { Refusal, Unreachable } from "../refusal.ts";
import type { Note, Shelf } from "./shelf.ts";

/**
 * preparing: read and made smaller · ready: waits for the person · queued: waits for its turn · waiting: for the network,
 * goes on by itself · checking, held: the server has it and looks at it · failed: may be tried again · refused: for
 * good · lost: its bytes are gone with the page, it has to be chosen again.
 */
export type State =
  | "preparing"
  | "ready"
  | "queued"
  | "sending"
  | "waiting"
  | "checking"
  | "held"
  | "failed"
  | "refused"
  | "lost";

export interface Item {
  readonly client_id: ClientId;
  readonly name: string;
  readonly size: number;
  readonly at: number;
  /** Can be shown here, so edited. */
  readonly picture: boolean;
  readonly state: State;
  /** Bytes that have gone out. */
  readonly sent: number;
  /** What the server calls it, once it knows of it. */
  readonly upload: Id | null;
  readonly original_of: Id | null;
  /** Why it does not go on. */
  readonly problem: Refusal | Unreachable | null;
}

/** What belongs to an item and is not shown. */
export interface Parts {
  readonly hold: Hold;
  /** As it was chosen, or as an editor left it. */
  file: File | null;
  /** As it goes out. */
  blob: Blob | null;
  /** The person wants to look at it first. */
  look: boolean;
  /** It goes out smaller than it was chosen. */
  smaller: boolean;
}

export interface Choice {
  readonly look?: boolean;
  readonly original_of?: Id | null;
}

export type Holding = (name: string, options?: { ifFree: boolean }) => Hold;
export type Memory = Pick<Shelf, "notes" | "note" | "keep" | "blob" | "drop">;

const ENDED: readonly State[] = ["ready", "failed", "refused", "lost"];

export class Items {
  onchange: () => void = () => undefined;
  list: readonly Item[] = [];

  readonly #memory: Memory;
  readonly #hold: Holding;
  readonly #parts = new Map<ClientId, Parts>();

  constructor(memory: Memory, hold: Holding) {
    this.#memory = memory;
    this.#hold = hold;
  }

  /** Whether something goes on by itself. */
  get busy(): boolean {
    return this.list.some(({ state }) => !ENDED.includes(state));
  }

  get(client_id: ClientId): Item | undefined {
    return this.list.find((item) => item.client_id === client_id);
  }

  first(...states: State[]): Item | undefined {
    return this.list.find(({ state }) => states.includes(state));
  }

  parts(client_id: ClientId): Parts | undefined {
    return this.#parts.get(client_id);
  }

  add(file: File, { look = false, original_of = null }: Choice): void {
    const client_id = uuid();
    const rest = { picture: false, sent: 0, upload: null, problem: null };
    const item: Item = { client_id, name: file.name, size: file.size, at: Date.now(), state: "preparing", original_of, ...rest };
    this.#parts.set(client_id, { hold: this.#hold(name(client_id)), file, blob: null, look, smaller: false });
    this.#show([...this.list, item]);
    this.#note(item);
  }

  /** Takes up what an earlier page has left, and no other tab holds. */
  async adopt(): Promise<void> {
    for (const note of this.#memory.notes) {
      if (this.#parts.has(note.client_id)) continue;
      const hold = this.#hold(name(note.client_id), { ifFree: true });
      if (!(await hold.held)) continue;
      const blob = await this.#memory.blob(note.client_id);
      if (this.#parts.has(note.client_id)) hold.release();
      else this.#took(note, hold, blob);
    }
  }

  #took({ ready, ...known }: Note, hold: Hold, blob: Blob | null): void {
    const file = blob && new File([blob], known.name, { type: blob.type });
    this.#parts.set(known.client_id, { hold, file, blob, look: ready, smaller: false });
    const state = blob && ready ? "ready" : blob || known.upload ? "queued" : "lost";
    this.#show([...this.list, { ...known, state, sent: 0, problem: null }]);
  }

  set(client_id: ClientId, changes: Partial<Item>): void {
    const before = this.get(client_id);
    if (!before) return;
    const item = { ...before, ...changes };
    this.#show(this.list.map((one) => (one === before ? item : one)));
    if (item.upload !== before.upload || item.state !== before.state) this.#note(item);
  }

  /** Its bytes, as they go out, outlive the page. */
  async keep(client_id: ClientId, blob: Blob): Promise<void> {
    await this.#memory.keep(client_id, blob);
    if (!this.#parts.has(client_id)) this.#forget(client_id);
  }

  /** For good: nothing of it stays but the card that says why. */
  refuse(client_id: ClientId, problem: Item["problem"]): void {
    this.set(client_id, { state: "refused", problem });
    this.#forget(client_id);
  }

  drop(client_id: ClientId): void {
    this.#parts.get(client_id)?.hold.release();
    this.#parts.delete(client_id);
    this.#show(this.list.filter((item) => item.client_id !== client_id));
    this.#forget(client_id);
  }

  #note({ client_id, name, size, at, picture, upload, original_of, state }: Item): void {
    if (state === "refused") return;
    this.#memory.note({ client_id, name, size, at, picture, upload, original_of, ready: state === "ready" });
  }

  #forget(client_id: ClientId): void {
    void this.#memory.drop(client_id);
  }

  #show(list: readonly Item[]): void {
    this.list = list;
    this.onchange();
  }
}

function name(client_id: ClientId): string {
  return `file:${client_id}`;
}
