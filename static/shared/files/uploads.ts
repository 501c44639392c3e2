/**
 * Sends the files of one ticket: made ready one after the other, sent one after the other in pieces, resumed where the
 * server has stopped hearing us. Whatever happens, a file is sent once or the person is told.
 */

import type { ClientId, Id, Upload, UploadPolicy } from "../protocol.d.ts";
import { Refusal, Unreachable } from "../refusal.ts";
import { Items, type Choice, type Holding, type Item, type Memory, type State } from "./items.ts";
import { Pace } from "./pace.ts";
import type { Prepared } from "./picture.ts";
import { verdict } from "./verdict.ts";
import { FileRefusal, type Wire } from "./wire.ts";

/** What the uploads of a ticket work with. */
export interface Means {
  readonly wire: Wire;
  readonly memory: Memory;
  readonly hold: Holding;
  /** `whole`: at its full size. */
  prepare(file: File, policy: UploadPolicy, whole: boolean): Promise<Prepared>;
}

/** Proxies let a body of 1 MiB through where nobody has told them otherwise; and no more than this is sent twice. */
const PIECE_BYTES = 1_048_576;

type Work = "preparing" | "sending" | "watching";

export class Uploads {
  /** A picture was sent smaller than it was chosen. */
  onsmaller: (client_id: ClientId, file: File) => void = () => undefined;
  /** The last file that has arrived. */
  arrived = "";

  readonly items: Items;
  policy: UploadPolicy | null = null;

  readonly #means: Means;
  readonly #running = new Set<Work>();
  #sending: { readonly client_id: ClientId; readonly ended: AbortController } | null = null;
  readonly #pace = new Pace(() => {
    void this.#prepareAll();
    void this.#sendAll();
    void this.#watchAll();
  });

  constructor(means: Means) {
    this.#means = means;
    this.items = new Items(means.memory, means.hold);
  }

  /** What may be sent, and whether now. */
  async ask(): Promise<UploadPolicy> {
    this.policy = await this.#means.wire.policy();
    this.items.onchange();
    return this.policy;
  }

  /** `look`: a picture waits until the person has looked at it. */
  add(file: File, choice: Choice = {}): void {
    this.items.add(file, choice);
    void this.#prepareAll();
  }

  /** It was looked at, and may go. */
  send(client_id: ClientId): void {
    this.items.set(client_id, { state: "queued" });
    void this.#sendAll();
  }

  retry(client_id: ClientId): void {
    const known = this.items.parts(client_id)?.blob || this.items.get(client_id)?.upload;
    this.items.set(client_id, { state: known ? "queued" : "preparing", problem: null });
    this.wake();
  }

  /** Other pixels take its place; what it was before is nowhere any more. */
  replace(client_id: ClientId, file: File): void {
    const parts = this.items.parts(client_id);
    if (!parts) return;
    Object.assign(parts, { file, blob: null, look: true });
    this.items.set(client_id, { state: "preparing", size: file.size });
    void this.#prepareAll();
  }

  /** Takes it back, or its card away. What the server has of it, it forgets. */
  cancel(client_id: ClientId): void {
    const item = this.items.get(client_id);
    if (this.#sending?.client_id === client_id) this.#sending.ended.abort();
    this.items.drop(client_id);
    if (item?.upload && item.state !== "refused") void this.#forgottenByServer(item.upload);
  }

  /** Throws away everything that has not arrived. */
  clear(): void {
    for (const { client_id } of this.items.list) this.cancel(client_id);
  }

  /** Takes up what an earlier page has left. */
  async adopt(): Promise<void> {
    await this.items.adopt();
    this.wake();
  }

  /** The network may be back. */
  wake(): void {
    this.#pace.now();
  }

  // --- making ready --------------------------------------------------------------------------------------------------

  async #prepareAll(): Promise<void> {
    await this.#alone("preparing", async () => {
      for (let item = this.items.first("preparing"); item; item = this.items.first("preparing")) {
        if (!(await this.#prepare(item))) break;
        void this.#sendAll();
      }
    });
  }

  async #prepare({ client_id, original_of }: Item): Promise<boolean> {
    const parts = this.items.parts(client_id);
    const file = parts?.file;
    try {
      if (!file) throw unreadable();
      const made = await this.#read(file, this.policy ?? (await this.ask()), original_of !== null);
      if (this.items.parts(client_id) !== parts || parts.file !== file) return true; // taken back, or edited meanwhile
      const { name, blob, picture, smaller } = made;
      Object.assign(parts, { blob, smaller });
      const state = parts.look && picture ? "ready" : "queued";
      this.items.set(client_id, { name, size: blob.size, picture, state, problem: null });
      await this.items.keep(client_id, blob);
      return true;
    } catch (error) {
      return this.#stopped(client_id, error, "preparing");
    }
  }

  /** A folder, a file on a stick that is gone, one that another program holds: the browser only says no. */
  async #read(file: File, policy: UploadPolicy, whole: boolean): Promise<Prepared> {
    try {
      await file.slice(0, 1).arrayBuffer();
      return await this.#means.prepare(file, policy, whole);
    } catch (error) {
      throw error instanceof DOMException ? unreadable() : error;
    }
  }

  // --- sending -------------------------------------------------------------------------------------------------------

  async #sendAll(): Promise<void> {
    await this.#alone("sending", async () => {
      for (let item = this.items.first("queued", "waiting"); item; item = this.items.first("queued", "waiting")) {
        if (!(await this.#send(item))) break;
      }
    });
  }

  /** Whether to go on with the next one at once. */
  async #send(item: Item): Promise<boolean> {
    const { client_id } = item;
    const ended = new AbortController();
    this.#sending = { client_id, ended };
    try {
      const upload = await this.#begun(item);
      if (!this.items.get(client_id)) await this.#forgottenByServer(upload.id); // taken back before it had an id
      else this.#answered(client_id, await this.#pieces(client_id, upload, ended.signal));
      return true;
    } catch (error) {
      return this.#stopped(client_id, error, "waiting");
    } finally {
      this.#sending = null;
    }
  }

  #begun({ client_id, name, size, upload, original_of }: Item): Promise<Upload> {
    const { wire } = this.#means;
    return upload === null ? wire.begin({ client_id, name, size, original_of }) : wire.look(upload);
  }

  /** One after the other, until the server has all of them. */
  async #pieces(client_id: ClientId, begun: Upload, ended: AbortSignal): Promise<Upload> {
    let upload = begun;
    const blob = this.items.parts(client_id)?.blob;
    while (blob && upload.state === "receiving") {
      const { id, offset } = upload;
      this.items.set(client_id, { state: "sending", upload: id, sent: offset, problem: null });
      const piece = blob.slice(offset, offset + PIECE_BYTES);
      const moved = (bytes: number): void => this.items.set(client_id, { sent: offset + Math.min(bytes, piece.size) });
      upload = await this.#means.wire.send(id, offset, piece, moved, ended);
      this.#pace.reset();
    }
    return upload;
  }

  #answered(client_id: ClientId, { id, state, code, message, reason }: Upload): void {
    switch (state) {
      case "receiving":
        return this.items.set(client_id, { state: "lost" });
      case "checking":
      case "held":
        this.items.set(client_id, { state, upload: id, problem: null });
        return this.#pace.later(null);
      case "refused":
        return this.items.refuse(client_id, new FileRefusal({ code: code ?? "file_content", message: message ?? "", reason }));
      case "done":
        this.#arrived(client_id);
        return this.items.drop(client_id);
      case "cancelled":
        return this.items.drop(client_id);
    }
  }

  #arrived(client_id: ClientId): void {
    this.arrived = this.items.get(client_id)?.name ?? "";
    const parts = this.items.parts(client_id);
    if (parts?.smaller && parts.file) this.onsmaller(client_id, parts.file);
  }

  /** Asks how the files are that the server looks at. */
  async #watchAll(): Promise<void> {
    await this.#alone("watching", async () => {
      for (const { client_id, upload, state } of this.items.list) {
        if (upload === null || (state !== "checking" && state !== "held")) continue;
        try {
          this.#answered(client_id, await this.#means.wire.look(upload));
        } catch (error) {
          if (!this.#stopped(client_id, error, state)) return;
        }
      }
    });
  }

  /** Whether the next one may be tried. What passes by itself is tried again later, in the state `again`. */
  #stopped(client_id: ClientId, error: unknown, again: State): boolean {
    if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    const item = this.items.get(client_id);
    if (!item) return true; // taken back meanwhile
    switch (verdict(error, item)) {
      case "again":
        this.items.set(client_id, { state: again, problem: error });
        this.#pace.later(error instanceof Refusal ? error.retry_after_ms : null);
        return false;
      case "anew":
        this.items.set(client_id, { state: "queued", upload: null, sent: 0 });
        return true;
      case "refused":
        this.items.refuse(client_id, error);
        return true;
      case "failed":
        this.items.set(client_id, { state: "failed", problem: error });
        return true;
    }
  }

  async #forgottenByServer(upload: Id): Promise<void> {
    try {
      await this.#means.wire.cancel(upload);
    } catch (error) {
      // what nobody goes on with is swept in any case
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }

  // --- when ----------------------------------------------------------------------------------------------------------

  async #alone(work: Work, run: () => Promise<void>): Promise<void> {
    if (this.#running.has(work)) return;
    this.#running.add(work);
    try {
      await run();
    } finally {
      this.#running.delete(work);
    }
  }
}

function unreadable(): FileRefusal {
  return new FileRefusal({ code: "file_unreadable", message: "The browser cannot read this file." });
}
