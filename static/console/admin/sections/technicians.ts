/** Technicians: who answers, whose tickets each may see, and how customers know them. */
import { html, nothing } from "lit";
import { post } from "../../../shared/api.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
import { languageName } from "../../../shared/language-name.ts";
import { known } from "../../../shared/translation/readings.ts";
import type { TechnicianItem } from "../../../shared/protocol.d.ts";
import type { Admin } from "../kit/admin.ts";
import { asked } from "../kit/asked.ts";
import type { Editor } from "../kit/editor.ts";
import { checks, choice, following, number, text, toggle } from "../kit/fields.ts";
import { address } from "../kit/nouns.ts";
import { picture } from "../kit/picture.ts";
import type { Section } from "../kit/section.ts";
import { t } from "../texts.ts";

export const section: Section<"technician"> = {
  noun: "technician",
  blank: (admin) =>
    admin.book("company").known
      ? {
          email: "",
          name: "",
          public_name: "",
          role: "technician",
          companies: admin.company ? [admin.company.id] : [],
          disabled: false,
          language: null,
          listed: false,
          display_no: 100,
          picture: null,
          capacity: 3,
        }
      : null,
  called: ({ name, email }) => name || email,
  about: ({ email, role }) => (role === "administrator" ? `${email} · ${t("technician.administrator")}` : email),
  aside: ({ disabled }) => (disabled ? "kit.disabled" : null),
  saved: (item, admin) => {
    if (item.one_time_password) show(admin, item);
  },
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["email", "name", "public_name", "role", "companies", "language", "disabled"],
      render: general,
    },
    {
      name: "customers",
      heading: "technician.for_customers",
      fields: ["listed", "display_no", "picture", "capacity"],
      render: (editor) => html`${toggle(editor, "listed", t("technician.listed"), { hint: t("technician.listed_hint") })}
        ${number(editor, "display_no", t("technician.display_no"), { least: 0, most: 9999 }, { hint: t("technician.display_no_hint") })}
        ${picture(editor, "picture", t("technician.picture"))}
        ${number(editor, "capacity", t("technician.capacity"), { least: 1, most: 50 }, { hint: t("technician.capacity_hint") })}`,
    },
  ],
};

function general(editor: Editor<"technician">, admin: Admin) {
  const companies = admin.companies.map(({ id, name }) => ({ value: id, label: name }));
  const possible = [...new Set([...Object.keys(LANGUAGES), ...known(admin.desk.languages)])].map((tag) => ({ value: tag, label: languageName(tag) }));
  return html`<div class="pair">
      ${text(editor, "name", t("technician.name"), { required: true, hint: t("technician.name_hint"), follow: following(editor, "public_name", firstWord) })}
      ${text(editor, "public_name", t("technician.public_name"), { required: true, hint: t("technician.public_name_hint") })}
    </div>
    ${text(editor, "email", t("technician.email"), { required: true, max: 254, hint: t("technician.email_hint") })}
    ${companies.length > 0
      ? checks(editor, "companies", t("technician.companies"), companies, { hint: t("technician.companies_hint") })
      : html`<p class="said">${t("technician.no_company")} <a href="#/admin/companies/new">${t("company.add")}</a></p>`}
    ${choice(editor, "role", t("technician.role"), [
      { value: "technician", label: t("technician.one") },
      { value: "administrator", label: t("technician.administrator") },
    ], { hint: t("technician.role_hint") })}
    ${choice(editor, "language", t("technician.language"), possible, { none: t("technician.no_language"), hint: t("technician.language_hint") })}
    ${toggle(editor, "disabled", t("technician.disable"), { hint: t("technician.disable_hint") })}
    ${editor.item ? password(editor.item, admin) : nothing}`;
}

/** As the command line has it. */
function firstWord(name: string): string {
  return name.trim().split(/\s+/)[0] ?? "";
}

function password(item: TechnicianItem, admin: Admin) {
  if (item.id === admin.desk.me.id) return own();
  const renew = async (): Promise<void> => show(admin, await post<TechnicianItem>(address("technician", item.id, "password")));
  return html`<div class="field">
    <h3 class="part">${t("technician.password")}</h3>
    <p class="soft">${t(item.second_factor ? "technician.password_lead_second" : "technician.password_lead")}</p>
    <div class="buttons">
      ${asked({ label: t("technician.new_password"), heading: t("technician.new_password"), lead: t("technician.new_password_lead", { name: item.name }), act: () => void admin.attempt(renew) })}
    </div>
  </div>`;
}

/** A one-time password for oneself would end the session in which it is shown. */
function own() {
  return html`<div class="field">
    <h3 class="part">${t("technician.password")}</h3>
    <p class="soft">${t("technician.password_own")} <a href="#/account">${t("technician.account")}</a></p>
  </div>`;
}

function show(admin: Admin, { name, one_time_password }: TechnicianItem): void {
  admin.showOnce({ heading: t("technician.once", { name }), lead: t("technician.once_lead"), secret: one_time_password ?? "" });
}
