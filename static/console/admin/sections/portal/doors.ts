/** Which ways lead into a portal, and what its form asks of everybody. */
import { html } from "lit";
import type { PortalSetup } from "../../../../shared/protocol.d.ts";
import type { Editor } from "../../kit/editor.ts";
import { number, toggle } from "../../kit/fields.ts";
import type { Page } from "../../kit/section.ts";
import { t } from "../../texts.ts";

type FieldName = keyof PortalSetup["fields"];
const FIELDS: readonly FieldName[] = ["name", "email", "company", "company_code"];

/** The longest life of a session key: a week. */
const KEY_MINUTES = 10_080;

export const doors: Page<"portal"> = {
  name: "doors",
  heading: "portal.doors",
  fields: ["setup.ways", "setup.fields", "setup.key_minutes"],
  render: (editor) => {
    const { ways } = editor.draft.setup;
    return html`${toggle(editor, "setup.ways.form", t("portal.way_form"), { hint: t("portal.way_form_hint") })}
      ${toggle(editor, "setup.ways.technicians", t("portal.way_technicians"), { hint: t("portal.way_technicians_hint") })}
      ${toggle(editor, "setup.ways.only_available", t("portal.only_available"), { disabled: !ways.technicians })}
      ${toggle(editor, "setup.ways.keys", t("portal.way_keys"), { hint: t("portal.way_keys_hint") })}
      ${number(editor, "setup.key_minutes", t("portal.key_minutes"), { least: 1, most: KEY_MINUTES, unit: t("kit.minutes") }, { disabled: !ways.keys })}
      <h3 class="part">${t("portal.fields")}</h3>
      <p class="soft">${t("portal.fields_lead")}</p>
      <table>
        <thead>
          <tr><th>${t("portal.field")}</th><th>${t("portal.shown")}</th><th>${t("portal.required")}</th></tr>
        </thead>
        <tbody>
          ${FIELDS.map((name) => row(editor, name))}
        </tbody>
      </table>`;
  },
};

function row(editor: Editor<"portal">, name: FieldName) {
  const { shown, required } = editor.draft.setup.fields[name] ?? { shown: false, required: false };
  const set = (next: { shown: boolean; required: boolean }): void => editor.set(`setup.fields.${name}`, next);
  const on = (event: Event): boolean => (event.target as HTMLInputElement).checked;
  const label = t(`portal.field.${name}`);
  return html`<tr>
    <td>${label}</td>
    <td><input type="checkbox" aria-label="${label}: ${t("portal.shown")}" .checked=${shown} @change=${(event: Event) => set({ shown: on(event), required: required && on(event) })} /></td>
    <td><input type="checkbox" aria-label="${label}: ${t("portal.required")}" .checked=${required} @change=${(event: Event) => set({ shown: shown || on(event), required: on(event) })} /></td>
  </tr>`;
}
