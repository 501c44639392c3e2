/** The widget on other sites: where it may stand, what to paste there, and who signs whom a customer is. */
import { html, nothing } from "lit";
import { post, remove } from "../../../../shared/api.ts";
import type { IdentitySecret, PortalItem } from "../../../../shared/protocol.d.ts";
import type { Admin } from "../../kit/admin.ts";
import { asked } from "../../kit/asked.ts";
import "../../kit/copied.ts";
import { lines } from "../../kit/fields.ts";
import { address } from "../../kit/nouns.ts";
import type { Page } from "../../kit/section.ts";
import { t, type Key } from "../../texts.ts";

/** As server/desk/administration/portals.py keeps: with one more the oldest ends. */
const MOST_SECRETS = 2;

export const widget: Page<"portal"> = {
  name: "widget",
  heading: "portal.widget",
  fields: ["setup.origins"],
  later: true,
  render: (editor, admin) => html`${lines(editor, "setup.origins", t("widget.origins"), { hint: t("widget.origins_hint"), placeholder: "https://www.example.com" })}
    <div class="field">
      <h3 class="part">${t("widget.snippet")}</h3>
      <p class="soft">${t("widget.snippet_lead")}</p>
      <dw-admin-copied .text=${snippet(editor.draft.slug)}></dw-admin-copied>
    </div>
    ${editor.item ? secrets(editor.item, admin) : nothing}`,
};

function snippet(slug: string): string {
  return `<script src="${location.origin}/w/${slug}.js" async></script>`;
}

function secrets(item: PortalItem, admin: Admin) {
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    await admin.attempt(action);
    await admin.book("portal").look();
  };
  const drop = (): Promise<void> => remove(address("portal", item.id, "identity-secret"));
  const renew = async (): Promise<void> => {
    const { secret } = await post<IdentitySecret>(address("portal", item.id, "identity-secret"));
    admin.showOnce({ heading: t("widget.once", { name: item.name }), lead: t("widget.once_lead"), secret });
  };
  return html`<div class="field">
    <h3 class="part">${t("widget.secrets")}</h3>
    <p class="soft">${t("widget.secrets_lead")}</p>
    ${item.identity_secrets > 0 ? html`<p class="soft">${t("widget.secrets_n", { n: item.identity_secrets })}</p>` : nothing}
    <div class="buttons">
      ${item.identity_secrets < MOST_SECRETS
        ? html`<button type="button" @click=${() => void attempt(renew)}>${t("widget.new_secret")}</button>`
        : html`${question("widget.new_secret", "widget.new_secret_lead", "", () => attempt(renew))}
          ${question("widget.drop_secret", "widget.drop_secret_lead", "bare", () => attempt(drop))}`}
    </div>
  </div>`;
}

/** What a site still signs with the older secret is not believed from then on. */
function question(label: Key, lead: Key, look: string, act: () => Promise<void>) {
  return asked({ label: t(label), look, heading: t(label), lead: t(lead), act: () => void act() });
}
