/** Languages to choose from. */

import { languageName } from "../language-name.ts";
import type { Lang } from "../protocol.d.ts";
import { base, known, type Reached } from "./readings.ts";

export interface Choice {
  readonly tag: Lang;
  readonly name: string;
  readonly chosen: boolean;
}

/** Packages for translation call these in a way of their own. */
const PACKAGED: Readonly<Record<Lang, Lang>> = { pb: "pt-BR", zt: "zh-Hant" };

/** By name: what can be translated, and others. The present one is among them, also when nothing can be done with it. */
export function choices(possible: Reached, present: Lang | null, others: readonly Lang[] = []): Choice[] {
  const tags = [...known(possible), ...others];
  const chosen = present !== null && tags.includes(base(present)) ? base(present) : present;
  const all = new Set(chosen === null ? tags : [...tags, chosen]);
  const named = [...all].map((tag) => ({ tag, name: languageName(PACKAGED[tag] ?? tag), chosen: tag === chosen }));
  return named.sort((a, b) => a.name.localeCompare(b.name));
}
