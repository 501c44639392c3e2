/** Texts of everything about files; they come with it. */

import type english from "../../locales/en/files.json";
import { LateTexts } from "../late-texts.ts";

export type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/files.json"),
  fr: () => import("../../locales/fr/files.json"),
  ru: () => import("../../locales/ru/files.json"),
  nl: () => import("../../locales/nl/files.json"),
});

export const { t } = texts;
