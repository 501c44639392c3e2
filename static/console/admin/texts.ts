/** Texts of the set-up; they come with it. */
import type english from "../../locales/en/admin.json";
import { LateTexts } from "../../shared/late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/admin.json"),
  fr: () => import("../../locales/fr/admin.json"),
  ru: () => import("../../locales/ru/admin.json"),
  nl: () => import("../../locales/nl/admin.json"),
});

export const { t } = texts;
