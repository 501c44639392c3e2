/** Issue types: what customers choose from, what is asked then, and where it goes. In the order in which portals show them. */
import { html, nothing } from "lit";
import type { IssueType } from "../../../shared/protocol.d.ts";
import { language } from "../../../shared/i18n.ts";
import type { Admin } from "../kit/admin.ts";
import type { Editor } from "../kit/editor.ts";
import { choice, toggle, words, type Choice } from "../kit/fields.ts";
import { change, draftOf } from "../kit/nouns.ts";
import { refusedText } from "../kit/refused.ts";
import type { Section } from "../kit/section.ts";
import { picked } from "../model/picked.ts";
import { t, type Key } from "../texts.ts";

const PRIORITIES: readonly (readonly [number, Key])[] = [
  [2, "priority.urgent"],
  [1, "priority.high"],
  [0, "priority.normal"],
  [-1, "priority.low"],
];
/** Between two places, for those who put something there over the API. */
const STEP = 10;

export const section: Section<"issue_type"> = {
  noun: "issue_type",
  blank: (admin) => {
    const portal = admin.book("portal").items[0];
    const last = Math.max(0, ...admin.book("issue_type").items.map(({ position }) => position));
    return portal
      ? { portal: portal.id, names: {}, position: last + STEP, hidden: false, priority: 0, form: null, team: null, technician: null }
      : null;
  },
  called: ({ names }) => picked(names, language()),
  about: (item, admin) => goes(item, admin),
  aside: ({ hidden }) => (hidden ? "issue_type.hidden" : null),
  group: ({ portal }, admin) => admin.book("portal").get(portal)?.name ?? "",
  reorder,
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["portal", "names", "form", "team", "technician", "priority", "hidden"],
      texts: true,
      render: (editor, admin) => html`${choice(editor, "portal", t("portal.one"), options(admin.book("portal").items), {
          disabled: editor.item !== null,
          ...(editor.item ? { hint: t("kit.fixed") } : {}),
        })}
        ${words(editor, admin, "names", t("kit.name"), { required: true, hint: t("issue_type.name_hint"), max: 300 })}
        ${choice(editor, "form", t("issue_type.form"), options(admin.book("form").items), { none: t("issue_type.no_form"), hint: t("issue_type.form_hint") })}
        ${target(editor, admin)} ${priority(editor)}
        ${toggle(editor, "hidden", t("issue_type.hide"), { hint: t("issue_type.hide_hint") })}`,
    },
  ],
};

function options(items: readonly { readonly id: string; readonly name: string }[]): Choice[] {
  return items.map(({ id, name }) => ({ value: id, label: name }));
}

function goes({ team, technician }: IssueType, admin: Admin): string {
  const name = admin.book("team").get(team)?.name ?? admin.book("technician").get(technician)?.name;
  return name ? t("issue_type.goes_to", { name }) : t("issue_type.goes_to_portal");
}

/** One list of all places where its tickets can wait: a team or a person, never both. */
function target(editor: Editor<"issue_type">, admin: Admin) {
  const { team, technician } = editor.draft;
  const set = (event: Event): void => {
    const [kind, id = null] = (event.target as HTMLSelectElement).value.split("/");
    editor.set("team", kind === "team" ? id : null);
    editor.set("technician", kind === "technician" ? id : null);
  };
  const company = admin.company?.id ?? "";
  const wrongHere = editor.wrong === "team" || editor.wrong === "technician";
  // whoever may not see the company any more is shown as long as it stands there
  const people = admin.book("technician").items.filter((one) => one.companies.includes(company) || one.id === technician);
  const group = (kind: "team" | "technician", label: string, items: readonly Choice[], now: string | null) =>
    items.length === 0
      ? nothing
      : html`<optgroup label=${label}>
          ${items.map((item) => html`<option value="${kind}/${item.value}" .selected=${item.value === now}>${item.label}</option>`)}
        </optgroup>`;
  return html`<div class="field">
    <label for="f-target">${t("issue_type.target")}</label>
    <select id="f-target" @change=${set} aria-invalid=${wrongHere ? "true" : nothing} aria-describedby="f-target-help">
      <option value="" .selected=${!team && !technician}>${t("issue_type.target_portal")}</option>
      ${group("team", t("team.many"), options(admin.book("team").items), team)}
      ${group("technician", t("technician.many"), options(people), technician)}
    </select>
    <div class="help" id="f-target-help">
      ${wrongHere ? html`<p class="wrong">${editor.failure}</p>` : nothing}
      <p>${t("issue_type.target_hint")}</p>
    </div>
  </div>`;
}

function priority(editor: Editor<"issue_type">) {
  return html`<div class="field">
    <label for="f-priority">${t("priority.heading")}</label>
    <select id="f-priority" @change=${(event: Event) => editor.set("priority", Number((event.target as HTMLSelectElement).value))}>
      ${PRIORITIES.map(([value, key]) => html`<option value=${value} .selected=${value === editor.draft.priority}>${t(key)}</option>`)}
    </select>
  </div>`;
}

/** Only those that move are written. */
async function reorder(items: readonly IssueType[], admin: Admin): Promise<void> {
  try {
    for (const [place, item] of items.entries()) {
      const position = (place + 1) * STEP;
      if (item.position !== position) await change("issue_type", item.id, item.version, { ...draftOf("issue_type", item), position });
    }
  } catch (error) {
    admin.desk.toasts.say(refusedText(error), { tone: "warning" });
  }
  await admin.book("issue_type").look();
}
