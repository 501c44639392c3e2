/** One thing that is being changed, or a new one: its draft, what the server says to it, and what others do meanwhile. */
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { Store } from "../../desk/store.ts";
import { at, covers, merge, put, same } from "../model/draft.ts";
import { t } from "../texts.ts";
import { add, change, draftOf, fetchOne, takeAway, type Draft, type Item, type NounName } from "./nouns.ts";
import { refusedField, refusedText } from "./refused.ts";

export class Editor<N extends NounName> extends Store {
  readonly noun: N;
  /** As the server knows it; null: it is new. */
  item: Item<N> | null;
  draft: Draft<N>;
  busy = false;
  failure = "";
  /** The field that the failure is about. */
  wrong: string | null = null;
  /** Fields that somebody else has changed as well. */
  clashes: readonly string[] = [];
  /** It has just been saved as it stands here. */
  saved = false;
  /** Somebody has taken it away. */
  gone = false;

  #base: Draft<N>;
  /** I am taking it away myself: that it is gone then is no news. */
  #leaving = false;

  constructor(noun: N, item: Item<N> | null, fresh: Draft<N> | null) {
    super();
    this.noun = noun;
    this.item = item;
    this.#base = this.draft = item ? draftOf(noun, item) : (fresh as Draft<N>);
  }

  get dirty(): boolean {
    return !same(this.#base, this.draft);
  }

  /** What others have put where I want something else. */
  theirs(path: string): unknown {
    return at(this.#base, path);
  }

  set(path: string, value: unknown): void {
    this.draft = put(this.draft, path, value);
    this.saved = false;
    if (this.wrong !== null && covers(path, this.wrong)) this.#calm();
    this.changed();
  }

  /** What a field has been given was refused before the draft was sent. */
  refuse(path: string, why: string): void {
    this.wrong = path;
    this.failure = why;
    this.changed();
  }

  discard(): void {
    this.draft = this.#base;
    this.clashes = [];
    this.#calm();
    this.changed();
  }

  /** Of a field that both of us have changed: what the other one has written. */
  take(path: string): void {
    this.draft = put(this.draft, path, this.theirs(path));
    this.clashes = this.clashes.filter((one) => one !== path);
    this.changed();
  }

  /** Returns it as it is now; null: it was refused, and `failure` says why. */
  async save(): Promise<Item<N> | null> {
    this.busy = true;
    this.#calm();
    this.changed();
    try {
      return await this.#send();
    } catch (error) {
      this.#failed(error);
      return null;
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  /** Where others have changed other fields meanwhile, both changes hold; where the same, a person has to look. */
  async #send(): Promise<Item<N>> {
    if (this.item === null) return this.#put((draft) => add(this.noun, draft));
    const { id, version } = this.item;
    try {
      return await this.#put((draft) => change(this.noun, id, version, draft));
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "changed_meanwhile") throw error;
      const theirs = await fetchOne(this.noun, id);
      this.hear(theirs);
      if (this.clashes.length > 0) throw error;
      return this.#put((draft) => change(this.noun, id, theirs.version, draft));
    }
  }

  /** What is written while the answer is on its way is of the next draft. */
  async #put(send: (draft: Draft<N>) => Promise<Item<N>>): Promise<Item<N>> {
    const sent = this.draft;
    const item = await send(sent);
    const base = draftOf(this.noun, item);
    this.item = item;
    this.draft = merge(sent, this.draft, base).draft;
    this.#base = base;
    this.clashes = [];
    this.saved = !this.dirty;
    return item;
  }

  async remove(): Promise<boolean> {
    this.busy = this.#leaving = true;
    this.#calm();
    this.changed();
    try {
      if (this.item) await takeAway(this.noun, this.item.id);
      return true;
    } catch (error) {
      this.#leaving = false;
      this.#failed(error);
      return false;
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  /** As the server knows it now; undefined: not any more. What I have changed stays changed. */
  hear(item: Item<N> | undefined): void {
    // an answer that was on its way while I saved is older than what I know
    if (this.item === null || this.#leaving || (item && item.version < this.item.version)) return;
    this.gone = item === undefined;
    if (item && item.version !== this.item.version) {
      const theirs = draftOf(this.noun, item);
      const merged = merge(this.#base, this.draft, theirs);
      this.clashes = [...new Set([...this.clashes, ...merged.clashes])].filter((path) => !same(at(merged.draft, path), at(theirs, path)));
      this.draft = merged.draft;
      this.#base = theirs;
      this.saved = false;
    }
    this.item = item ?? this.item;
    this.changed();
  }

  #failed(error: unknown): void {
    if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    this.wrong = refusedField(error);
    const empty = this.wrong !== null && isEmpty(at(this.draft, this.wrong));
    this.failure = empty ? t("refused.needed") : refusedText(error);
  }

  #calm(): void {
    this.failure = "";
    this.wrong = null;
  }
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
