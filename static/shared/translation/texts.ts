/** Texts of everything about translation; they come with it. */

import type english from "../../locales/en/translation.json";
import { LateTexts } from "../late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/translation.json"),
  fr: () => import("../../locales/fr/translation.json"),
  ru: () => import("../../locales/ru/translation.json"),
  nl: () => import("../../locales/nl/translation.json"),
});

export const { t } = texts;
