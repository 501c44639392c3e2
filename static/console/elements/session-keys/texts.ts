/** Texts of session keys; they come with the dialog. */
import type english from "../../../locales/en/keys.json";
import { LateTexts } from "../../../shared/late-texts.ts";

type Key = keyof typeof english;

export const texts = new LateTexts<Key>({
  en: () => import("../../../locales/en/keys.json"),
  fr: () => import("../../../locales/fr/keys.json"),
  ru: () => import("../../../locales/ru/keys.json"),
  nl: () => import("../../../locales/nl/keys.json"),
});

export const { t } = texts;
