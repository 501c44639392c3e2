/** The language switch: each language calls itself by its own name. */
import { html } from "lit";
import { chooseLanguage, language, t, type Language } from "../../shared/i18n.ts";
import { LANGUAGES } from "../../shared/languages.ts";

export function languageChoice(className = "") {
  const choose = (event: Event): void => void chooseLanguage((event.target as HTMLSelectElement).value as Language);
  return html`<select class=${className} aria-label=${t("language")} @change=${choose}>
    ${Object.entries(LANGUAGES).map(
      ([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === language()}>${name}</option>`,
    )}
  </select>`;
}
