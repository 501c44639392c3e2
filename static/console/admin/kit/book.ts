/**
 * All things of one noun, of one company or of the desk: asked for once, and again when somebody changes one.
 * Of those that come in pages it has as many pages as were wanted, and what is open besides.
 */
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { Store } from "../../desk/store.ts";
import { refusedText } from "./refused.ts";
import { fetchOne, fetchPage, isPaged, type Item, type NounName, type Page } from "./nouns.ts";

export class Book<N extends NounName> extends Store {
  items: readonly Item<N>[] = [];
  /** false: nothing is known yet */
  known = false;
  failure = "";
  /** Whether there are more of what was searched for. */
  more = false;
  query = "";
  readonly paged: boolean;

  readonly #noun: N;
  readonly #company: string | null;
  #pages = 1;
  /** What is open, whether it is on the pages or not. */
  readonly #kept = new Map<string, Item<N>>();
  #answer: Promise<void> | null = null;
  /** Of the question that follows, since something has changed while the one before was on its way. */
  #next: Promise<void> | null = null;

  constructor(noun: N, company: string | null) {
    super();
    this.#noun = noun;
    this.paged = isPaged(noun);
    this.#company = company;
  }

  get(id: string | null): Item<N> | undefined {
    return this.items.find((item) => item.id === id) ?? this.#kept.get(id ?? "");
  }

  /** Somebody has it open. */
  keep(item: Item<N>): void {
    if (this.paged) this.#kept.set(item.id, item);
  }

  seek(query: string): void {
    if (!this.paged || query === this.query) return;
    this.query = query;
    this.#pages = 1;
    void this.look();
  }

  further(): Promise<void> {
    this.#pages += 1;
    return this.look();
  }

  /** Resolves when an answer is there that was asked for after this call: one that is on its way may be older. */
  look(): Promise<void> {
    if (this.#answer === null) return (this.#answer = this.#ask().finally(() => (this.#answer = null)));
    return (this.#next ??= this.#askNext(this.#answer));
  }

  async #askNext(answer: Promise<void>): Promise<void> {
    try {
      await answer;
    } finally {
      this.#next = null;
    }
    await this.look();
  }

  async #ask(): Promise<void> {
    try {
      const { items, more = false } = await this.#fetch();
      await this.#lookAtKept(items);
      this.items = items;
      this.more = more;
      this.known = true;
      this.failure = "";
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.failure = refusedText(error);
    }
    this.changed();
  }

  async #fetch(): Promise<Page<N>> {
    const { query } = this;
    const items: Item<N>[] = [];
    let more = true;
    for (let page = 0; more && page < this.#pages; page += 1) {
      const found = await fetchPage(this.#noun, this.#company, query, items.at(-1)?.id ?? null);
      items.push(...found.items);
      more = found.more ?? false;
    }
    return { items, more };
  }

  async #lookAtKept(items: readonly Item<N>[]): Promise<void> {
    for (const id of this.#kept.keys()) {
      const item = items.find((one) => one.id === id) ?? (await this.#one(id));
      if (item) this.#kept.set(id, item);
      else this.#kept.delete(id);
    }
  }

  async #one(id: string): Promise<Item<N> | null> {
    try {
      return await fetchOne(this.#noun, id);
    } catch (error) {
      if (error instanceof Refusal && error.code === "not_found") return null;
      throw error;
    }
  }
}
