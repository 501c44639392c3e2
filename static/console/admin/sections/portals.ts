/** Portals: the public doors of a company. Their settings are many, so each kind has a page of its own. */
import { html, nothing } from "lit";
import type { PortalSetup } from "../../../shared/protocol.d.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
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

/** As server/domain/portal.py begins. */
const FRESH: PortalSetup = {
  fields: {
    name: { shown: true, required: true },
    email: { shown: true, required: false },
    company: { shown: true, required: false },
    company_code: { shown: false, required: false },
  },
  accent: "#2456c9",
  languages: Object.keys(LANGUAGES),
  origins: [],
  files: {
    technicians: { types: null, max_bytes: 26_214_400, image_max_bytes: 10_485_760 },
    customers: {} as PortalSetup["files"]["customers"],
    max_pixels: 40_000_000,
    customer_day_bytes: 209_715_200,
  },
  return_to_queue_seconds: null,
  translation: false,
  ways: { form: true, technicians: false, only_available: true, keys: true },
  texts: { title: {}, welcome: {}, closed: {}, greeting: {}, waiting: {} },
  logo: null,
  sign_in: "off",
  self_registration: false,
  share_with: true,
  key_minutes: 10,
  amber_minutes: 5,
  red_minutes: 15,
  tell_later: false,
  automatic: false,
};

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
          setup: FRESH,
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
