/**
 * What was written and not sent: per ticket a reply and a note, kept apart, in this browser. A draft survives reload,
 * sign-out, another ticket, being away. It is kept under the technician's id, so a shared computer mixes nothing.
 */

export type Mode = "reply" | "note";

export interface Draft {
  readonly reply: string;
  readonly note: string;
  readonly mode: Mode;
}

export const NO_DRAFT: Draft = { reply: "", note: "", mode: "reply" };

/** Where drafts are kept: a browser's storage, however little of it there is. */
export interface Shelf {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export class Drafts {
  #shelf: Shelf;
  #me: string;
  /** What is being written now, also where the browser keeps nothing. */
  #open = new Map<string, Draft>();

  constructor(shelf: Shelf, me: string) {
    this.#shelf = shelf;
    this.#me = me;
  }

  of(ticket: string): Draft {
    return this.#open.get(ticket) ?? read(this.#shelf.get(this.#key(ticket)));
  }

  /** Takes a change in at once; typing is not so fast that storing each one would be felt. */
  change(ticket: string, change: Partial<Draft>): Draft {
    const draft = { ...this.of(ticket), ...change };
    this.#open.set(ticket, draft);
    if (isEmpty(draft)) this.#shelf.remove(this.#key(ticket));
    else this.#shelf.set(this.#key(ticket), JSON.stringify(draft));
    return draft;
  }

  /** Whether something unsent waits in this ticket. */
  has(ticket: string): boolean {
    const draft = this.of(ticket);
    return Boolean(draft.reply.trim() || draft.note.trim());
  }

  #key(ticket: string): string {
    return `deskwire.draft.${this.#me}.${ticket}`;
  }
}

function isEmpty(draft: Draft): boolean {
  return draft.reply === "" && draft.note === "" && draft.mode === "reply";
}

function read(stored: string | null): Draft {
  if (stored === null) return NO_DRAFT;
  try {
    const { reply, note, mode } = JSON.parse(stored) as Partial<Draft>;
    return {
      reply: typeof reply === "string" ? reply : "",
      note: typeof note === "string" ? note : "",
      mode: mode === "note" ? "note" : "reply",
    };
  } catch {
    return NO_DRAFT;
  }
}
