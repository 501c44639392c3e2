/** Whether customers sign in, and with whom they may share. */
import { html } from "lit";
import { choice, toggle } from "../../kit/fields.ts";
import type { Page } from "../../kit/section.ts";
import { t } from "../../texts.ts";

export const people: Page<"portal"> = {
  name: "sign-in",
  heading: "portal.sign_in",
  fields: ["setup.sign_in", "setup.self_registration", "setup.share_with"],
  render: (editor) => {
    const off = editor.draft.setup.sign_in === "off";
    return html`${choice(editor, "setup.sign_in", t("portal.sign_in_mode"), (["off", "offered", "required"] as const).map((value) => ({ value, label: t(`portal.sign_in_${value}`) })), { hint: t("portal.sign_in_hint") })}
      ${toggle(editor, "setup.self_registration", t("portal.self_registration"), { hint: t("portal.self_registration_hint"), disabled: off })}
      ${toggle(editor, "setup.share_with", t("portal.share_with"), { hint: t("portal.share_with_hint"), disabled: off })}`;
  },
};
