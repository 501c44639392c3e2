/** Customers' accounts: who of a company's customers signs in with a password. */
import { html, nothing } from "lit";
import { post } from "../../../shared/api.ts";
import type { CustomerAccount } from "../../../shared/protocol.d.ts";
import type { Admin } from "../kit/admin.ts";
import { asked } from "../kit/asked.ts";
import type { Editor } from "../kit/editor.ts";
import { text, toggle } from "../kit/fields.ts";
import { address } from "../kit/nouns.ts";
import type { Section } from "../kit/section.ts";
import { t } from "../texts.ts";

export const section: Section<"customer_account"> = {
  noun: "customer_account",
  blank: ({ company }) => (company ? { company: company.id, email: "", name: "", disabled: false } : null),
  called: ({ name, email }) => name || email,
  about: ({ email }) => email,
  aside: ({ disabled, has_password }) => (disabled ? "kit.disabled" : has_password ? null : "customer_account.invited"),
  saved: (item, admin) => show(admin, item),
  pages: [
    {
      name: "general",
      heading: "kit.general",
      fields: ["email", "name", "disabled"],
      render: (editor, admin) => html`${text(editor, "name", t("kit.name"), { required: true })}
        ${text(editor, "email", t("technician.email"), { required: true, max: 254 })}
        ${toggle(editor, "disabled", t("technician.disable"), { hint: t("customer_account.disable_hint") })} ${link(editor, admin)}`,
    },
  ],
};

function link({ item }: Editor<"customer_account">, admin: Admin) {
  if (item === null) return nothing;
  const label = t("customer_account.make_link");
  const renew = async (): Promise<void> => show(admin, await post<CustomerAccount>(address("customer_account", item.id, "link")));
  return html`<div class="field">
    <h3 class="part">${t(item.has_password ? "customer_account.reset" : "customer_account.invite")}</h3>
    <p class="soft">${t(item.has_password ? "customer_account.reset_lead" : "customer_account.invite_lead")}</p>
    <div class="buttons">
      ${item.has_password
        ? asked({ label, disabled: item.disabled, heading: label, lead: t("customer_account.reset_now", { name: item.name }), act: () => void admin.attempt(renew) })
        : html`<button type="button" ?disabled=${item.disabled} @click=${() => void admin.attempt(renew)}>${label}</button>`}
    </div>
  </div>`;
}

function show(admin: Admin, { name, link: secret }: CustomerAccount): void {
  if (secret) admin.showOnce({ heading: t("customer_account.once", { name }), lead: t("customer_account.once_lead"), secret });
}
