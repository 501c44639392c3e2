/** How a portal looks and what it says in its own words, with a small picture of it. */
import { html, nothing } from "lit";
import type { Admin } from "../../kit/admin.ts";
import type { Editor } from "../../kit/editor.ts";
import { field, words } from "../../kit/fields.ts";
import { picture } from "../../kit/picture.ts";
import type { Page } from "../../kit/section.ts";
import { picked } from "../../model/picked.ts";
import { t } from "../../texts.ts";
import { paint } from "./paint.ts";

export const look: Page<"portal"> = {
  name: "look",
  heading: "portal.look",
  fields: ["setup.accent", "setup.logo", "setup.texts.title", "setup.texts.welcome", "setup.texts.closed", "setup.texts.greeting", "setup.texts.waiting"],
  texts: true,
  render: (editor, admin) => html`${sample(editor, admin)}
    <div class="pair">
      ${field(
        editor,
        "setup.accent",
        t("portal.accent"),
        { hint: t("portal.accent_hint") },
        html`<input
          class="colour"
          type="color"
          id="f-setup-accent"
          aria-describedby="f-setup-accent-help"
          .value=${editor.draft.setup.accent}
          @input=${(event: Event) => editor.set("setup.accent", (event.target as HTMLInputElement).value)}
        />`,
      )}
      ${picture(editor, "setup.logo", t("portal.logo"))}
    </div>
    ${words(editor, admin, "setup.texts.title", t("portal.title"), { placeholder: editor.draft.name })}
    ${words(editor, admin, "setup.texts.welcome", t("portal.welcome"), { rows: 3, max: 2000 })}
    ${words(editor, admin, "setup.texts.greeting", t("portal.greeting"), { rows: 2, max: 2000, hint: t("portal.greeting_hint") })}
    ${words(editor, admin, "setup.texts.waiting", t("portal.waiting"), { rows: 2, max: 2000, hint: t("portal.waiting_hint") })}
    ${words(editor, admin, "setup.texts.closed", t("portal.closed"), { rows: 2, max: 2000, hint: t("portal.closed_hint") })}`,
};

function sample({ draft: { name, setup } }: Editor<"portal">, admin: Admin) {
  const { title, welcome } = setup.texts;
  return html`<div class="sample" aria-hidden="true" ${paint(setup.accent)}>
    ${setup.logo ? html`<img class="picture" src="/pictures/${setup.logo}" alt="" />` : nothing}
    <strong>${picked(title, admin.lang) || name}</strong>
    <span>${picked(welcome, admin.lang)}</span>
    <span class="sample-button">${t("portal.sample_button")}</span>
  </div>`;
}
