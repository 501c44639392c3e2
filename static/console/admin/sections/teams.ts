/** Teams: who shares a queue, who supervises it, and whether its tickets are handed out. */
import { html, nothing } from "lit";
import type { TechnicianItem } from "../../../shared/protocol.d.ts";
import type { Admin } from "../kit/admin.ts";
import type { Editor } from "../kit/editor.ts";
import { text, toggle, wrong } from "../kit/fields.ts";
import type { Section } from "../kit/section.ts";
import { t } from "../texts.ts";

export const section: Section<"team"> = {
  noun: "team",
  blank: ({ company }) => (company ? { company: company.id, name: "", automatic: false, members: [] } : null),
  called: ({ name }) => name,
  about: ({ members }) => t("team.members_n", { n: members.length }),
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["name", "members", "automatic"],
      render: (editor, admin) => html`${text(editor, "name", t("kit.name"), { required: true, max: 120 })}
        ${toggle(editor, "automatic", t("team.automatic"), { hint: t("team.automatic_hint") })} ${members(editor, admin)}`,
    },
  ],
};

function members(editor: Editor<"team">, admin: Admin) {
  const { company } = editor.draft;
  const people = admin.book("technician").items.filter((one) => one.companies.includes(company));
  return html`<fieldset class="field" aria-describedby="f-members-help">
    <legend>${t("team.members")}</legend>
    ${people.length === 0
      ? html`<p class="said">${t("team.nobody")} <a href="#/admin/technicians">${t("technician.many")}</a></p>`
      : html`<table>
          <thead>
            <tr><th>${t("team.member")}</th><th>${t("team.supervisor")}</th></tr>
          </thead>
          <tbody>
            ${people.map((one) => row(editor, one))}
          </tbody>
        </table>`}
    <div class="help" id="f-members-help">
      ${wrong(editor, "members")}
      <p>${t("team.supervisor_hint")}</p>
    </div>
  </fieldset>`;
}

function row(editor: Editor<"team">, { id, name, disabled }: TechnicianItem) {
  const now = editor.draft.members;
  const member = now.find(({ technician }) => technician === id);
  const others = now.filter(({ technician }) => technician !== id);
  const set = (inside: boolean, supervisor: boolean): void =>
    editor.set("members", inside ? [...others, { technician: id, supervisor }] : others);
  const on = (event: Event): boolean => (event.target as HTMLInputElement).checked;
  return html`<tr>
    <td>
      <label class="check">
        <input type="checkbox" .checked=${member !== undefined} @change=${(event: Event) => set(on(event), member?.supervisor ?? false)} />
        ${name}${disabled ? html` <span class="soft">${t("kit.disabled")}</span>` : nothing}
      </label>
    </td>
    <td>
      <input
        type="checkbox"
        aria-label=${t("team.supervises", { name })}
        .checked=${member?.supervisor ?? false}
        @change=${(event: Event) => set(member !== undefined || on(event), on(event))}
      />
    </td>
  </tr>`;
}
