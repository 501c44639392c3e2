/** Texts of the console: English at once, each other language when it is wanted. */
import common from "../locales/en/common.json";
import own from "../locales/en/console.json";
import type { Catalog, Loaders } from "../shared/i18n.ts";

export const english: Catalog = { ...common, ...own };

export const catalogs: Loaders = {
  fr: () => both(import("../locales/fr/common.json"), import("../locales/fr/console.json")),
  ru: () => both(import("../locales/ru/common.json"), import("../locales/ru/console.json")),
  nl: () => both(import("../locales/nl/common.json"), import("../locales/nl/console.json")),
};

type Loading = Promise<{ readonly default: Catalog }>;

async function both(first: Loading, second: Loading): Promise<Catalog> {
  const [a, b] = await Promise.all([first, second]);
  return { ...a.default, ...b.default };
}
