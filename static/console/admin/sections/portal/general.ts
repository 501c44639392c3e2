/** A portal's name, address and languages. */
import { html } from "lit";
import { LANGUAGES } from "../../../../shared/languages.ts";
import type { Reached } from "../../../../shared/translation/readings.ts";
import type { Editor } from "../../kit/editor.ts";
import { checks, following, lines, text, toggle } from "../../kit/fields.ts";
import type { Page } from "../../kit/section.ts";
import { prefixOf, slugOf } from "../../model/keys.ts";
import { ways } from "../../model/ways.ts";
import { t } from "../../texts.ts";

export const general: Page<"portal"> = {
  name: "general",
  heading: "kit.general",
  fields: ["name", "slug", "key_prefix", "hosts", "disabled", "setup.languages", "setup.translation"],
  render: (editor, { desk }) => html`${text(editor, "name", t("kit.name"), { required: true, hint: t("portal.name_hint"), follow: named(editor) })}
    <div class="pair">
      ${text(editor, "slug", t("portal.slug"), { required: true, max: 63, before: "/p/", hint: t("portal.slug_hint") })}
      ${text(editor, "key_prefix", t("portal.key_prefix"), { required: true, max: 10, placeholder: "ACME", hint: t("portal.key_prefix_hint") })}
    </div>
    ${lines(editor, "hosts", t("portal.hosts"), { hint: t("portal.hosts_hint"), placeholder: "help.example.com" })}
    ${checks(editor, "setup.languages", t("portal.languages"), Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })), { hint: t("portal.languages_hint") })}
    ${toggle(editor, "setup.translation", t("portal.translation"), { hint: `${t("portal.translation_hint")} ${translated(editor, desk.languages)}` })}
    ${toggle(editor, "disabled", t("portal.disable"), { hint: t("portal.disable_hint") })}`,
};

/** Nobody translates before a portal wants it, and then not without language pairs. */
function translated({ item }: Editor<"portal">, possible: Reached): string {
  const now = ways(possible);
  if (now !== "") return t("portal.translation_ways", { ways: now });
  return item?.setup.translation ? t("portal.translation_none") : "";
}

/** Address and keys of a new portal follow its name. */
function named(editor: Editor<"portal">): (now: string, before: string) => void {
  const [slug, prefix] = [following(editor, "slug", slugOf), following(editor, "key_prefix", prefixOf)];
  return (now, before) => {
    slug(now, before);
    prefix(now, before);
  };
}
