/** All things of one noun, of one company or of the desk: asked for once, and again when somebody changes one. */
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { Store } from "../../desk/store.ts";
import { refusedText } from "./refused.ts";
import { fetchAll, type Item, type NounName } from "./nouns.ts";

export class Book<N extends NounName> extends Store {
  items: readonly Item<N>[] = [];
  /** false: nothing is known yet */
  known = false;
  failure = "";

  readonly #noun: N;
  readonly #company: string | null;
  #answer: Promise<void> | null = null;
  /** Of the question that follows, since something has changed while the one before was on its way. */
  #next: Promise<void> | null = null;

  constructor(noun: N, company: string | null) {
    super();
    this.#noun = noun;
    this.#company = company;
  }

  get(id: string | null): Item<N> | undefined {
    return this.items.find((item) => item.id === id);
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
      this.items = await fetchAll(this.#noun, this.#company);
      this.known = true;
      this.failure = "";
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.failure = refusedText(error);
    }
    this.changed();
  }
}
