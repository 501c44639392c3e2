/** Texts of the portal page and the widget; each language is a file that is loaded when it is wanted. */

import type { Loaders } from "../shared/i18n.ts";

export const catalogs: Loaders = {
  en: async () => (await import("./texts/en.ts")).default,
  fr: async () => (await import("./texts/fr.ts")).default,
  ru: async () => (await import("./texts/ru.ts")).default,
  nl: async () => (await import("./texts/nl.ts")).default,
};
