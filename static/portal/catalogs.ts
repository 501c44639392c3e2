/** Texts of the portal page and the widget; each language is loaded when it is wanted. */

import type { Catalog, Loaders } from "../shared/i18n.ts";

export const catalogs: Loaders = {
  en: () => both(import("../locales/en/common.json"), import("../locales/en/portal.json")),
  fr: () => both(import("../locales/fr/common.json"), import("../locales/fr/portal.json")),
  ru: () => both(import("../locales/ru/common.json"), import("../locales/ru/portal.json")),
  nl: () => both(import("../locales/nl/common.json"), import("../locales/nl/portal.json")),
};

type Loading = Promise<{ readonly default: Catalog }>;

async function both(first: Loading, second: Loading): Promise<Catalog> {
  const [a, b] = await Promise.all([first, second]);
  return { ...a.default, ...b.default };
}
