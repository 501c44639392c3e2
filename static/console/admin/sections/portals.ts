/** Portals: the public doors of a company. Their settings are many, so each kind has a page of its own. */
import { html, nothing } from "lit";
import { NEW_PORTAL } from "../../../shared/rules.ts";
import type { Editor } from "../kit/editor.ts";
import type { Section } from "../kit/section.ts";
import { t } from "../texts.ts";
import { doors } from "./portal/doors.ts";
import { files } from "./portal/files.ts";
import { general } from "./portal/general.ts";
import { look } from "./portal/look.ts";
import { people } from "./portal/people.ts";
import { queue } from "./portal/queue.ts";
import { widget } from "./portal/widget.ts";

export const section: Section<"portal"> = {
  noun: "portal",
  blank: ({ company }) =>
    company
      ? {
          company: company.id,
          slug: "",
          name: "",
          key_prefix: "",
          hosts: [],
          disabled: false,
          schedule: null,
          fallback_team: null,
          setup: NEW_PORTAL,
        }
      : null,
  called: ({ name }) => name,
  about: ({ slug }) => `/p/${slug}`,
  aside: ({ disabled }) => (disabled ? "kit.disabled" : null),
  beside,
  pages: [general, look, doors, queue, people, files, widget],
};

function beside({ item }: Editor<"portal">) {
  if (!item) return nothing;
  return html`<a class="button" href="/p/${item.slug}" target="_blank" rel="noopener">${t("portal.open")}</a>`;
}
