/** Where an administrator can go. Each section is loaded when somebody goes there. */
import type { Key } from "./texts.ts";
import type { AnySection } from "./kit/section.ts";

export interface Place {
  /** In addresses. */
  readonly name: string;
  readonly icon: string;
  readonly text: Key;
  readonly group: "desk" | "company" | "log";
}

export const PLACES: readonly Place[] = [
  { name: "start", icon: "flag", text: "start.heading", group: "desk" },
  { name: "companies", icon: "building", text: "company.many", group: "desk" },
  { name: "technicians", icon: "mine", text: "technician.many", group: "desk" },
  { name: "portals", icon: "door", text: "portal.many", group: "company" },
  { name: "teams", icon: "team", text: "team.many", group: "company" },
  { name: "issue-types", icon: "branch", text: "issue_type.many", group: "company" },
  { name: "forms", icon: "list", text: "form.many", group: "company" },
  { name: "schedules", icon: "clock", text: "schedule.many", group: "company" },
  { name: "notices", icon: "alert", text: "notice.many", group: "company" },
  { name: "canned-replies", icon: "reply", text: "canned_reply.many", group: "company" },
  { name: "customers", icon: "badge", text: "customer_account.many", group: "company" },
  { name: "changes", icon: "history", text: "changes.heading", group: "log" },
];

/** Sections that are a list of things. */
export const LOADERS: Readonly<Record<string, () => Promise<{ readonly section: AnySection }>>> = {
  companies: () => import("./sections/companies.ts"),
  technicians: () => import("./sections/technicians.ts"),
  portals: () => import("./sections/portals.ts"),
  teams: () => import("./sections/teams.ts"),
  "issue-types": () => import("./sections/issue-types.ts"),
  forms: () => import("./sections/forms.ts"),
  schedules: () => import("./sections/schedules.ts"),
  notices: () => import("./sections/notices.ts"),
  "canned-replies": () => import("./sections/canned-replies.ts"),
  customers: () => import("./sections/customers.ts"),
};

/** Sections that are an element of their own. */
export const ELEMENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  start: () => import("./sections/start.ts"),
  changes: () => import("./sections/changes.ts"),
};
