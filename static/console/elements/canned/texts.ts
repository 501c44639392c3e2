/** Texts of canned replies; they come with the list. */
import type english from "../../../locales/en/canned.json";
import { LateTexts } from "../../../shared/late-texts.ts";

type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../../locales/en/canned.json"),
  fr: () => import("../../../locales/fr/canned.json"),
  ru: () => import("../../../locales/ru/canned.json"),
  nl: () => import("../../../locales/nl/canned.json"),
});

export const { t } = texts;
