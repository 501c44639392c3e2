/** Languages in the reader's words. */

import { language } from "./i18n.ts";

/** A tag that a stranger's browser sent and that Intl does not know is shown as it is. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language(), { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
