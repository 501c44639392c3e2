/** Texts of the editor; they come with it. */

import type english from "../../locales/en/redact.json";
import { LateTexts } from "../late-texts.ts";

export const texts = new LateTexts<keyof typeof english>({
  en: () => import("../../locales/en/redact.json"),
  fr: () => import("../../locales/fr/redact.json"),
  ru: () => import("../../locales/ru/redact.json"),
  nl: () => import("../../locales/nl/redact.json"),
});

export const { t } = texts;
