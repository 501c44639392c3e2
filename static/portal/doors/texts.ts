/** Texts of the ways in; they come with them. */

import type english from "../../locales/en/doors.json";
import { LateTexts } from "../../shared/late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/doors.json"),
  fr: () => import("../../locales/fr/doors.json"),
  ru: () => import("../../locales/ru/doors.json"),
  nl: () => import("../../locales/nl/doors.json"),
});

export const { t } = texts;
