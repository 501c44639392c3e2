/** Canned replies: words that technicians use again and again. */
import { html } from "lit";
import { text, words } from "../kit/fields.ts";
import type { Section } from "../kit/section.ts";
import { languageName } from "../../../shared/language-name.ts";
import { t } from "../texts.ts";

export const section: Section<"canned_reply"> = {
  noun: "canned_reply",
  blank: ({ company }) => (company ? { company: company.id, category: "", title: "", texts: {} } : null),
  called: ({ title }) => title,
  about: ({ texts }) => Object.keys(texts).map(languageName).join(", "),
  group: ({ category }) => category,
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["category", "title", "texts"],
      texts: true,
      render: (editor, admin) => html`<div class="pair">
          ${text(editor, "title", t("canned_reply.title"), { required: true, max: 120, hint: t("canned_reply.title_hint") })}
          ${text(editor, "category", t("canned_reply.category"), { required: true, max: 120, hint: t("canned_reply.category_hint") })}
        </div>
        ${words(editor, admin, "texts", t("canned_reply.text"), { required: true, rows: 6, max: 2000, hint: t("canned_reply.text_hint") })}`,
    },
  ],
};
