/** The languages that pages are written in, each by its own name. */

import type { Language } from "./i18n.ts";

export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", fr: "Français", ru: "Русский", nl: "Nederlands" };
