/** Texts of who waits; they come with what they are for. */

import type english from "../../locales/en/waiting.json";
import { LateTexts } from "../../shared/late-texts.ts";

type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/waiting.json"),
  fr: () => import("../../locales/fr/waiting.json"),
  ru: () => import("../../locales/ru/waiting.json"),
  nl: () => import("../../locales/nl/waiting.json"),
});

export const { t } = texts;
