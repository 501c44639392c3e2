/** The page at an address where there is no portal. */

import { html } from "lit";
import { t } from "../shared/i18n.ts";

export function missing() {
  return html`<main>
    <h1>${t("visit.missing")}</h1>
    <p class="lead">${t("visit.missing_hint")}</p>
  </main>`;
}
