/** Companies: whose tickets are kept apart. */
import { html } from "lit";
import { following, text } from "../kit/fields.ts";
import type { Section } from "../kit/section.ts";
import { slugOf } from "../model/keys.ts";
import { t } from "../texts.ts";

export const section: Section<"company"> = {
  noun: "company",
  blank: () => ({ name: "", slug: "" }),
  called: ({ name }) => name,
  about: ({ slug }) => slug,
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["name", "slug"],
      render: (editor) => html`${text(editor, "name", t("kit.name"), { required: true, follow: following(editor, "slug", slugOf) })}
        ${text(editor, "slug", t("company.slug"), { required: true, max: 63, hint: t("company.slug_hint"), placeholder: "acme" })}`,
    },
  ],
};
