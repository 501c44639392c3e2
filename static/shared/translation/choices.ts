/** Languages to choose from. */

import { languageName } from "../language-name.ts";
import type { Lang } from "../protocol.d.ts";
import { base } from "./readings.ts";

export interface Choice {
  readonly tag: Lang;
  readonly name: string;
  readonly chosen: boolean;
}

/** Packages for translation call these in a way of their own. */
const PACKAGED: Readonly<Record<Lang, Lang>> = { pb: "pt-BR", zt: "zh-Hant" };

/** By name. The present one is among them, also when nothing can be translated from it. */
export function choices(tags: readonly Lang[], present: Lang | null): Choice[] {
  const chosen = present !== null && tags.includes(base(present)) ? base(present) : present;
  const all = new Set(chosen === null ? tags : [...tags, chosen]);
  const named = [...all].map((tag) => ({ tag, name: languageName(PACKAGED[tag] ?? tag), chosen: tag === chosen }));
  return named.sort((a, b) => a.name.localeCompare(b.name));
}
