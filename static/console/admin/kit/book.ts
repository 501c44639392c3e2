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
  #asking = false;
  /** Something changed while the question was on its way. */
  #stale = false;

  constructor(noun: N, company: string | null) {
    super();
    this.#noun = noun;
    this.#company = company;
  }

  get(id: string | null): Item<N> | undefined {
    return this.items.find((item) => item.id === id);
  }

  async look(): Promise<void> {
    this.#stale = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.items = await fetchAll(this.#noun, this.#company);
      this.known = true;
      this.failure = "";
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.failure = refusedText(error);
    } finally {
      this.#asking = false;
    }
    this.changed();
    if (this.#stale) await this.look();
  }
}
