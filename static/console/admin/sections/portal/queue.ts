/** When a portal is open, and what becomes of those who wait. */
import { html, nothing } from "lit";
import type { Admin } from "../../kit/admin.ts";
import type { Editor } from "../../kit/editor.ts";
import { choice, number, toggle, type Choice } from "../../kit/fields.ts";
import type { Page } from "../../kit/section.ts";
import { t } from "../../texts.ts";

const DAY_MINUTES = 1_440;
/** It takes up to 45 s to be sure that somebody is gone (server/domain/portal.py). */
const GONE_SECONDS = { least: 45, most: 86_400 };
const FIRST_GONE_SECONDS = 120;

export const queue: Page<"portal"> = {
  name: "queue",
  heading: "portal.queue",
  fields: ["schedule", "fallback_team", "setup.amber_minutes", "setup.red_minutes", "setup.return_to_queue_seconds", "setup.automatic", "setup.tell_later"],
  render: (editor, admin) => html`${choice(editor, "schedule", t("schedule.one"), named(admin, "schedule"), { none: t("portal.always_open"), hint: t("portal.schedule_hint") })}
    <h3 class="part">${t("portal.waiting_heading")}</h3>
    <div class="pair">
      ${number(editor, "setup.amber_minutes", t("portal.amber"), { least: 1, most: DAY_MINUTES, unit: t("kit.minutes") }, { hint: t("portal.amber_hint") })}
      ${number(editor, "setup.red_minutes", t("portal.red"), { least: 1, most: DAY_MINUTES, unit: t("kit.minutes") }, { hint: t("portal.red_hint") })}
    </div>
    ${toggle(editor, "setup.tell_later", t("portal.tell_later"), { hint: t("portal.tell_later_hint") })}
    <h3 class="part">${t("portal.routing")}</h3>
    ${toggle(editor, "setup.automatic", t("portal.automatic"), { hint: t("portal.automatic_hint") })}
    ${choice(editor, "fallback_team", t("portal.fallback"), named(admin, "team"), { none: t("portal.no_fallback"), hint: t("portal.fallback_hint") })}
    ${returning(editor)}`,
};

function named(admin: Admin, noun: "schedule" | "team"): Choice[] {
  return admin.book(noun).items.map(({ id, name }) => ({ value: id, label: name }));
}

/** Off, or after how long. */
function returning(editor: Editor<"portal">) {
  const path = "setup.return_to_queue_seconds";
  const on = editor.draft.setup.return_to_queue_seconds !== null;
  return html`<div class="toggle">
      <input type="checkbox" role="switch" id="f-returning" .checked=${on} @change=${() => editor.set(path, on ? null : FIRST_GONE_SECONDS)} aria-describedby="f-returning-help" />
      <label for="f-returning">${t("portal.returning")}</label>
      <div class="help" id="f-returning-help"><p>${t("portal.returning_hint")}</p></div>
    </div>
    ${on ? number(editor, path, t("portal.returning_after"), { ...GONE_SECONDS, unit: t("kit.seconds") }) : nothing}`;
}
