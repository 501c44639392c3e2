/** What is said about translations, and about languages. */

import { languageName } from "../language-name.ts";
import type { Lang } from "../protocol.d.ts";
import { short } from "../short.ts";
import { differ, willTranslate, type Reading, type Situation } from "./readings.ts";
import { t } from "./texts.ts";

/** Of a name beside the field to write in. */
const NAME_CHARS = 24;

/** The mark below a message; empty where there is nothing to say. */
export function markText({ state, from, into, via, reason, own }: Reading): string {
  const language = languageName(into);
  switch (state) {
    case "same":
      return "";
    case "waiting":
      return own ? t("translation.waiting_own", { language }) : t("translation.waiting");
    case "late":
      return t("translation.late");
    case "not":
      return t("translation.not", { reason: t(`translation.why_${reason ?? "engine"}`, { language }) });
    case "done":
      return own ? t("translation.done_own", { language }) : origin(from, via);
  }
}

/** That a machine has written this, and from what. */
export function origin(from: Lang | null, via: Lang | null): string {
  if (from === null) return t("translation.done");
  const language = languageName(from);
  return via === null ? t("translation.done_from", { language }) : t("translation.done_via", { language, via: languageName(via) });
}

/** The mark below an original that the reader has asked for. */
export function written(from: Lang | null): string {
  return from === null ? t("translation.written") : t("translation.written_in", { language: languageName(from) });
}

export interface Notice {
  readonly text: string;
  /** What is written may not be understood. */
  readonly warning: boolean;
}

/** What the other side will read of what is written now; null: nothing that would have to be said. */
export function otherReads(situation: Situation, name: string): Notice | null {
  const { side, mine, theirs, translates, possible } = situation;
  const who = { name: short(name, NAME_CHARS) };
  if (!translates || (side === "customer" && (theirs === null || (mine !== null && !differ(mine, theirs))))) return null;
  if (theirs === null) return { text: t("translation.reads_unknown", who), warning: true };
  const warning = (mine === null || differ(mine, theirs)) && !willTranslate(translates, possible, mine, theirs);
  const text = t(warning ? "translation.reads_original" : "translation.reads", { ...who, language: languageName(theirs) });
  return { text, warning };
}
