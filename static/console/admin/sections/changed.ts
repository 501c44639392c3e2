/** How the log of changes calls a field and says its value: in the words of the pages, not in those of the API. */
import { language } from "../../../shared/i18n.ts";
import { languageName } from "../../../shared/language-name.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
import { exact } from "../../../shared/time.ts";
import type { Admin } from "../kit/admin.ts";
import type { NounName } from "../kit/nouns.ts";
import { t, type Key } from "../texts.ts";

/** Field -> what its page calls it; with the noun before it where the same word means two things. */
const NAMES: Readonly<Record<string, Key>> = {
  automatic: "team.automatic",
  capacity: "technician.capacity",
  category: "canned_reply.category",
  companies: "technician.companies",
  "company/slug": "company.slug",
  disabled: "kit.disabled",
  display_no: "technician.display_no",
  email: "technician.email",
  exceptions: "schedule.exceptions",
  expires_at: "notice.expires",
  fallback_team: "portal.fallback",
  fields: "form.fields",
  form: "form.one",
  hidden: "issue_type.hidden",
  hosts: "portal.hosts",
  hours: "schedule.hours",
  identity_secrets: "widget.secrets",
  key_prefix: "portal.key_prefix",
  lang: "notice.lang",
  language: "technician.language",
  listed: "technician.listed",
  members: "team.members",
  name: "kit.name",
  names: "kit.name",
  password: "technician.password",
  picture: "technician.picture",
  portals: "portal.many",
  position: "changes.position",
  priority: "priority.heading",
  public_name: "technician.public_name",
  role: "technician.role",
  schedule: "schedule.one",
  "setup.accent": "portal.accent",
  "setup.amber_minutes": "portal.amber",
  "setup.automatic": "portal.automatic",
  "setup.fields": "portal.fields",
  "setup.files": "portal.files",
  "setup.key_minutes": "portal.key_minutes",
  "setup.languages": "portal.languages",
  "setup.logo": "portal.logo",
  "setup.origins": "widget.origins",
  "setup.red_minutes": "portal.red",
  "setup.return_to_queue_seconds": "portal.returning",
  "setup.self_registration": "portal.self_registration",
  "setup.share_with": "portal.share_with",
  "setup.sign_in": "portal.sign_in_mode",
  "setup.tell_later": "portal.tell_later",
  "setup.texts.closed": "portal.closed",
  "setup.texts.greeting": "portal.greeting",
  "setup.texts.title": "portal.title",
  "setup.texts.waiting": "portal.waiting",
  "setup.texts.welcome": "portal.welcome",
  "setup.translation": "portal.translation",
  "setup.ways.form": "portal.way_form",
  "setup.ways.keys": "portal.way_keys",
  "setup.ways.only_available": "portal.only_available",
  "setup.ways.technicians": "portal.way_technicians",
  slug: "portal.slug",
  team: "team.one",
  technician: "technician.one",
  "technician/name": "technician.name",
  text: "notice.text",
  texts: "canned_reply.text",
  time_zone: "schedule.time_zone",
  title: "canned_reply.title",
};

/** What stands for one of a few choices. */
const CHOICES: Readonly<Record<string, Key>> = {
  "role administrator": "technician.administrator",
  "role technician": "technician.one",
  "setup.sign_in off": "portal.sign_in_off",
  "setup.sign_in offered": "portal.sign_in_offered",
  "setup.sign_in required": "portal.sign_in_required",
};

const POINTED_AT: readonly NounName[] = ["company", "portal", "technician", "team", "form", "schedule"];
const ID = /[0-9a-f]{32}/g;

/** `setup.texts.title.fr` is "Title · Français"; what the pages have no word for stays as the API calls it. */
export function fieldName(noun: string, path: string): string {
  const parts = path.split(".");
  for (let n = parts.length; n > 0; n--) {
    const known = parts.slice(0, n).join(".");
    const key = NAMES[`${noun}/${known}`] ?? NAMES[known];
    if (key) return [t(key), ...parts.slice(n).map((part) => (part in LANGUAGES ? languageName(part) : part))].join(" · ");
  }
  return path;
}

/** Null: there is nothing. Ids are said as the names of what they are. */
export function valueText(admin: Admin, field: string, value: unknown): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "boolean") return t(value ? "changes.on" : "changes.off");
  if (field === "expires_at" && typeof value === "number") return exact(value, language());
  if (Array.isArray(value) && value.length === 0) return null;
  const chosen = CHOICES[`${field} ${String(value)}`];
  if (chosen) return t(chosen);
  const plain = Array.isArray(value) && value.every((one) => typeof one === "string") ? value.join(", ") : value;
  const text = typeof plain === "string" ? plain : JSON.stringify(plain);
  return text.replace(ID, (id) => nameOf(admin, id));
}

function nameOf(admin: Admin, id: string): string {
  for (const noun of POINTED_AT) {
    const item = admin.book(noun).items.find((one) => one.id === id);
    if (item && "name" in item) return item.name;
  }
  return id;
}
