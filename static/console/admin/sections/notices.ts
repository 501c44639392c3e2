/** Notices: important messages of portals, for as long as they hold. */
import { html, nothing } from "lit";
import { language } from "../../../shared/i18n.ts";
import { serverNow } from "../../../shared/server-time.ts";
import type { Notice } from "../../../shared/protocol.d.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
import { noticeText } from "../../../shared/notice-view.ts";
import { timeOf } from "../../elements/looks.ts";
import type { Admin } from "../kit/admin.ts";
import type { Editor } from "../kit/editor.ts";
import { checks, field, idOf, invalid, text, typed } from "../kit/fields.ts";
import type { Section } from "../kit/section.ts";
import { t } from "../texts.ts";

/** As server/protocol/administration.py says (B-51). */
const MOST_CHARS = 1_020;

export const section: Section<"notice"> = {
  noun: "notice",
  blank: (admin) =>
    admin.company && admin.book("portal").known
      ? {
          company: admin.company.id,
          portals: admin.book("portal").items.map(({ id }) => id),
          name: "",
          lang: language(),
          text: "",
          texts: {},
          expires_at: null,
        }
      : null,
  called: ({ name }) => name,
  about: (item) => [expiry(item), item.waiting > 0 ? t("notice.waiting_n", { n: item.waiting }) : ""].filter(Boolean).join(" · "),
  aside: ({ expires_at }) => (expires_at !== null && expires_at <= serverNow() ? "notice.over" : null),
  pages: [
    {
      name: "text",
      heading: "kit.general",
      fields: ["name", "portals", "lang", "text", "expires_at"],
      render: (editor, admin) => html`${text(editor, "name", t("kit.name"), { required: true, max: 120, hint: t("notice.name_hint") })}
        ${checks(editor, "portals", t("portal.many"), admin.book("portal").items.map(({ id, name }) => ({ value: id, label: name })), { hint: t("notice.portals_hint") })}
        ${written(editor)} ${until(editor)}`,
    },
    {
      name: "languages",
      heading: "notice.languages",
      fields: ["texts"],
      texts: true,
      render: inLanguage,
    },
  ],
};

function expiry({ expires_at }: Notice): string {
  return expires_at === null ? t("notice.no_end") : t("notice.until", { time: timeOf(expires_at) });
}

function written(editor: Editor<"notice">) {
  const { lang } = editor.draft;
  return html`<div class="field">
      <label for="f-lang">${t("notice.lang")}</label>
      <select id="f-lang" @change=${(event: Event) => editor.set("lang", typed(event))}>
        ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} .selected=${tag === lang}>${name}</option>`)}
      </select>
    </div>
    ${area(editor, "text", t("notice.text"), editor.draft.text, lang, (value) => editor.set("text", value))}`;
}

/** What is not written here is translated where the portal translates; else the original is read. */
function inLanguage(editor: Editor<"notice">, admin: Admin) {
  const { lang, texts } = editor.draft;
  if (admin.lang === lang) return html`<p class="said">${t("notice.original_here")}</p>`;
  return html`<p class="soft">${t("notice.languages_lead")}</p>
    ${area(editor, `texts.${admin.lang}`, t("notice.text"), texts[admin.lang] ?? "", admin.lang, (value) => editor.set(`texts.${admin.lang}`, value || undefined))}`;
}

function area(editor: Editor<"notice">, path: string, label: string, value: string, lang: string, put: (value: string) => void) {
  return html`${field(
      editor,
      path,
      label,
      { hint: t("notice.text_hint"), required: path === "text" },
      html`<textarea
        id=${idOf(path)}
        rows="6"
        lang=${lang}
        maxlength=${MOST_CHARS}
        .value=${value}
        aria-invalid=${invalid(editor, path)}
        aria-describedby=${`${idOf(path)}-help`}
        @input=${(event: Event) => put(typed(event))}
      ></textarea>`,
    )}
    <p class="soft count">${t("notice.left", { n: MOST_CHARS - value.length })}</p>
    ${value
      ? html`<div class="field">
          <span class="soft">${t("notice.preview")}</span>
          <div class="said" role="group" aria-label=${t("notice.preview")} lang=${lang}>${noticeText(value)}</div>
        </div>`
      : nothing}`;
}

function until(editor: Editor<"notice">) {
  const { expires_at } = editor.draft;
  const set = (event: Event): void => {
    const at = Date.parse(typed(event));
    editor.set("expires_at", Number.isNaN(at) ? null : at);
  };
  return html`${field(
    editor,
    "expires_at",
    t("notice.expires"),
    { hint: t("notice.expires_hint") },
    html`<div class="buttons">
      <input class="moment" type="datetime-local" id="f-expires_at" .value=${expires_at === null ? "" : local(expires_at)} @change=${set} aria-describedby="f-expires_at-help" />
      ${expires_at === null ? nothing : html`<button type="button" class="bare" @click=${() => editor.set("expires_at", null)}>${t("notice.never")}</button>`}
    </div>`,
  )}`;
}

/** As such a field writes it: the clocks of whoever sits here. */
function local(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
