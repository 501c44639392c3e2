/** A language among those that can be translated: a customer's, or one's own. */
import { html, nothing } from "lit";
import { t } from "../../shared/i18n.ts";
import type { Lang } from "../../shared/protocol.d.ts";
import { choices } from "../../shared/translation/choices.ts";
import type { Reached } from "../../shared/translation/readings.ts";

export function languageField(label: string, present: Lang | null, possible: Reached, choose: (lang: Lang) => void, others: readonly Lang[] = []) {
  const chosen = (event: Event): void => choose((event.target as HTMLSelectElement).value);
  return html`<select aria-label=${label} @change=${chosen}>
    ${present === null ? html`<option value="" disabled selected>${t("details.language_unknown")}</option>` : nothing}
    ${choices(possible, present, others).map((one) => html`<option value=${one.tag} .selected=${one.chosen}>${one.name}</option>`)}
  </select>`;
}
