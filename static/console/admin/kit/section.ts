/** What a section says of its noun; frame.ts makes the pages of it. */
import type { TemplateResult, nothing } from "lit";
import type { Key } from "../texts.ts";
import type { Admin } from "./admin.ts";
import type { Editor } from "./editor.ts";
import type { Draft, Item, NounName } from "./nouns.ts";

export type Part = TemplateResult | typeof nothing;

/** One heading of a thing's settings; with more than one each has a tab and an address. */
export interface Page<N extends NounName> {
  readonly name: string;
  readonly heading: Key;
  /** The fields that stand here, so that a refused one is found. */
  readonly fields: readonly string[];
  /** There are texts by language. */
  readonly texts?: boolean;
  /** Not before the thing has been added. */
  readonly later?: boolean;
  render(editor: Editor<N>, admin: Admin): Part;
  /** What the fields come to, beside them where there is room. */
  aside?(editor: Editor<N>, admin: Admin): Part;
}

export interface Section<N extends NounName> {
  readonly noun: N;
  readonly pages: readonly Page<N>[];
  /** A new one; null: something else has to be there first. */
  blank(admin: Admin): Draft<N> | null;
  /** What people call it. */
  called(draft: Draft<N>, admin: Admin): string;
  /** What else its row says. */
  about(item: Item<N>, admin: Admin): string;
  /** Whether it is set aside: shown faintly, with this word. */
  aside?(item: Item<N>): Key | null;
  /** Rows with the same word stand together. */
  group?(item: Item<N>, admin: Admin): string;
  /** Between the head of the list and its rows. */
  above?(admin: Admin): Part;
  /** Rows can be put into an order. */
  reorder?(items: readonly Item<N>[], admin: Admin): Promise<void>;
  /** Right after something was saved: a secret that is shown once. */
  saved?(item: Item<N>, admin: Admin): void;
  /** Beside its name. */
  beside?(editor: Editor<N>, admin: Admin): Part;
}

/** For those who treat all of them alike. */
export type AnySection = Section<NounName>;
