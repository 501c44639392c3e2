/** Texts of going on with another device; they come with it. */

import type english from "../../locales/en/phone.json";
import { LateTexts } from "../late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/phone.json"),
  fr: () => import("../../locales/fr/phone.json"),
  ru: () => import("../../locales/ru/phone.json"),
  nl: () => import("../../locales/nl/phone.json"),
});

export const { t } = texts;
