/**
 * Files that were chosen in a form. They are kept in this browser where it can, and sent as ordinary uploads once the
 * ticket exists: the files of a form are files of the chat.
 */

import { uuid } from "../../shared/ids.ts";
import { late } from "../../shared/late.ts";
import { Unreachable } from "../../shared/refusal.ts";
import type { Visit } from "../visit.ts";

export interface Chosen {
  readonly id: string;
  readonly file: File;
  /** It would be here after a reload, as far as this browser keeps anything. */
  readonly kept: boolean;
}

const AGAIN_MS = 5_000;

/** What deals with files, loaded when a form asks for one. */
const part = () => late(() => import("../../shared/files/index.ts"));

export class FormFiles {
  onchange: () => void = () => undefined;
  readonly #chosen = new Map<string, readonly Chosen[]>();
  readonly #memory: string;

  constructor(memory: string) {
    this.#memory = memory;
  }

  /** Of one field. */
  of(field: string): readonly Chosen[] {
    return this.#chosen.get(field) ?? [];
  }

  /** Takes up what an earlier page has left in this field. */
  async adopt(field: string): Promise<void> {
    if (this.#chosen.has(field)) return;
    this.#chosen.set(field, []);
    const shelf = await this.#shelf(field);
    if (!shelf) {
      if (this.of(field).length === 0) this.#chosen.delete(field);
      setTimeout(() => this.onchange(), AGAIN_MS);
      return;
    }
    for (const { client_id: id, name } of shelf.notes) {
      const blob = await shelf.blob(id);
      if (blob) this.#set(field, [...this.of(field), { id, file: new File([blob], name, { type: blob.type }), kept: true }]);
      else await shelf.drop(id); // it has to be chosen again
    }
  }

  async add(field: string, files: readonly File[]): Promise<void> {
    const added = files.map((file) => ({ id: uuid(), file, kept: false }));
    this.#set(field, [...this.of(field), ...added]);
    const shelf = await this.#shelf(field);
    const rest = { picture: false, upload: null, original_of: null, ready: false };
    for (const { id, file } of added) {
      shelf?.note({ client_id: id, name: file.name, size: file.size, at: Date.now(), ...rest });
      await shelf?.keep(id, file);
      this.#set(field, this.of(field).map((one) => (one.id === id ? { ...one, kept: true } : one)));
    }
  }

  async drop(field: string, id: string): Promise<void> {
    this.#set(field, this.of(field).filter((one) => one.id !== id));
    await (await this.#shelf(field))?.drop(id);
  }

  /** Sends those of these fields into the ticket that has come of the form. */
  async send(fields: readonly string[], visit: Visit, ticket: string): Promise<void> {
    if (fields.every((field) => this.of(field).length === 0)) return;
    const uploads = (await part()).uploadsOf(visit, `/api/v1/customer/tickets/${ticket}`);
    for (const field of fields) {
      for (const { id, file } of this.of(field)) {
        uploads.add(file);
        await this.drop(field, id);
      }
    }
  }

  /** null where it cannot be loaded now: what was chosen stays in this page, and is sent like the rest. */
  async #shelf(field: string) {
    try {
      const { Shelf } = await part();
      return new Shelf(this.#memory, `form:${field}`);
    } catch (error) {
      if (error instanceof Unreachable) return null;
      throw error;
    }
  }

  #set(field: string, chosen: readonly Chosen[]): void {
    this.#chosen.set(field, chosen);
    this.onchange();
  }
}
