/** What went wrong, in the reader's language: what happened and what to do. */

import { language, t, textOf } from "./i18n.ts";
import { Refusal, Unreachable } from "./refusal.ts";

/** The server's own English sentence is used only for codes that the page has no words for: `error.<code>`. */
export function errorText(error: unknown): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (!(error instanceof Refusal)) return t("error.unknown");
  const { code, message, retry_after_ms } = error;
  // what is wrong with an input is a sentence of its own each time, and English
  if (code === "bad_input" && language() === "en") return message;
  return codeText(code, Math.max(1, Math.ceil((retry_after_ms ?? 1000) / 1000))) ?? message;
}

/** What a code says; null: the page has no words for it. `n`: seconds until something may be tried again. */
export function codeText(code: string, n = 1): string | null {
  return textOf(`error.${code}`, { n });
}
