/** Texts of accounts; they come with them. */

import type english from "../../locales/en/account.json";
import { LateTexts } from "../../shared/late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/account.json"),
  fr: () => import("../../locales/fr/account.json"),
  ru: () => import("../../locales/ru/account.json"),
  nl: () => import("../../locales/nl/account.json"),
});

export const { t } = texts;
