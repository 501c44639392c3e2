/** Names as they are shown. */

import { t } from "./i18n.ts";

/** What the server stores for a customer whom the portal did not ask for a name. */
const ANONYMOUS = "?";

export function shownName(name: string): string {
  return name === ANONYMOUS ? t("transcript.anonymous") : name;
}
