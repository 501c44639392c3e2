/** Texts of notices and of closed portals; they come with what they are for. */

import type english from "../../locales/en/notices.json";
import { LateTexts } from "../../shared/late-texts.ts";

type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../locales/en/notices.json"),
  fr: () => import("../../locales/fr/notices.json"),
  ru: () => import("../../locales/ru/notices.json"),
  nl: () => import("../../locales/nl/notices.json"),
});

export const { t } = texts;
