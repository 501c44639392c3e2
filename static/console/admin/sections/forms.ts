/** Forms: what an issue type asks, as a list of fields, and beside them what customers will see. */
import { html, nothing } from "lit";
import { post } from "../../../shared/api.ts";
import type { Field, Form, Option } from "../../../shared/protocol.d.ts";
import type { Admin } from "../kit/admin.ts";
import type { Editor } from "../kit/editor.ts";
import { invalid, text, wrong } from "../kit/fields.ts";
import { focusAfter } from "../kit/focus.ts";
import { address } from "../kit/nouns.ts";
import type { Section } from "../kit/section.ts";
import { followed, freshKey } from "../model/keys.ts";
import { picked } from "../model/picked.ts";
import { moved } from "../model/rows.ts";
import { t } from "../texts.ts";

const KINDS: readonly Field["kind"][] = ["text", "long_text", "choice", "number", "file", "colleagues"];

export const section: Section<"form"> = {
  noun: "form",
  blank: ({ company }) => (company ? { company: company.id, name: "", fields: [] } : null),
  called: ({ name }) => name,
  about: ({ fields }) => t("form.fields_n", { n: fields.length }),
  above: (admin) =>
    admin.company
      ? html`<button class="bare template" @click=${() => void template(admin)}><dw-icon name="list"></dw-icon>${t("form.template")}</button>`
      : nothing,
  pages: [
    { name: "fields", heading: "form.fields", fields: ["name", "fields"], texts: true, render: fields, aside: preview },
    { name: "preview", heading: "form.preview", fields: [], texts: true, render: preview },
  ],
};

/** The product's own form for bugs, to begin with. */
function template(admin: Admin): Promise<void> {
  return admin.attempt(async () => {
    const made = await post<Form>(`${address("form", "templates", "bug-report")}?company=${admin.company?.id}`);
    await admin.book("form").look();
    location.hash = `#/admin/forms/${made.id}`;
  });
}

// --- the fields --------------------------------------------------------------------------------------------------------

function fields(editor: Editor<"form">, admin: Admin) {
  const all = editor.draft.fields;
  const set = (next: readonly Field[]): void => editor.set("fields", next);
  const add = (event: Event): void => {
    const key = freshKey("field", all.map((one) => one.key));
    set([...all, { key, kind: "text", labels: {}, help: {}, required: false, options: [], least: null, most: null }]);
    focusAfter(event, `field-${all.length}-label`);
  };
  return html`${text(editor, "name", t("kit.name"), { required: true, max: 120, hint: t("form.name_hint") })}
    ${all.map((one, place) => fieldCard(one, place, editor, admin))}
    ${all.length === 0 ? html`<p class="said">${t("form.no_fields")}</p>` : nothing}
    <div class="buttons"><button type="button" @click=${add}><dw-icon name="plus"></dw-icon>${t("form.add_field")}</button></div>`;
}

function fieldCard(one: Field, place: number, editor: Editor<"form">, admin: Admin) {
  const all = editor.draft.fields;
  const set = (next: readonly Field[]): void => editor.set("fields", next);
  const old = editor.item?.fields.find(({ key }) => key === one.key);
  const put = (change: Partial<Field>): void => set(all.toSpliced(place, 1, { ...one, ...change }));
  const value = (event: Event): string => (event.target as HTMLInputElement).value;
  const name = picked(one.labels, admin.lang) || t("form.field_n", { n: place + 1 });
  const id = (part: string): string => `field-${place}-${part}`;
  const move = (event: Event, way: "up" | "down"): void => {
    const to = place + (way === "up" ? -1 : 1);
    set(moved(all, place, to));
    focusAfter(event, ...[way, "up", "down"].map((one) => `field-${to}-${one}`));
  };
  return html`<fieldset class="card">
    <legend class="unseen">${name}</legend>
    <div id=${id("wrong")}>${wrong(editor, `fields.${place}`)}</div>
    <div class="pair">
      <div class="field">
        <label for=${id("label")}>${t("form.question")}</label>
        <input id=${id("label")} aria-invalid=${invalid(editor, `fields.${place}`)} aria-describedby=${id("wrong")} lang=${admin.lang} maxlength="300" placeholder=${picked(one.labels) || t("form.question_example")} .value=${one.labels[admin.lang] ?? ""} @input=${(event: Event) => put(labelled(one, admin.lang, value(event), all, old !== undefined))} />
      </div>
      <div class="field">
        <label for=${id("kind")}>${t("form.kind")}</label>
        <select id=${id("kind")} @change=${(event: Event) => put(asKind(one, value(event) as Field["kind"]))}>
          ${KINDS.map((kind) => html`<option value=${kind} .selected=${kind === one.kind}>${t(`form.kind.${kind}`)}</option>`)}
        </select>
      </div>
    </div>
    <div class="field">
      <label for=${id("help")}>${t("form.help")}</label>
      <input id=${id("help")} lang=${admin.lang} maxlength="300" placeholder=${picked(one.help)} .value=${one.help[admin.lang] ?? ""} @input=${(event: Event) => put({ help: inLanguage(one.help, admin.lang, value(event)) })} />
    </div>
    ${one.kind === "choice" ? options(one, old, admin, put) : nothing} ${one.kind === "number" ? bounds(one, put) : nothing}
    <div class="buttons">
      ${one.kind === "colleagues"
        ? html`<span class="soft">${t("form.colleagues_hint")}</span>`
        : html`<label class="check"><input type="checkbox" .checked=${one.required} @change=${(event: Event) => put({ required: (event.target as HTMLInputElement).checked })} />${t("form.required")}</label>`}
      <span class="push"></span>
      ${button("up", t("kit.move_up", { name }), (event) => move(event, "up"), { id: id("up"), disabled: place === 0 })}
      ${button("down", t("kit.move_down", { name }), (event) => move(event, "down"), { id: id("down"), disabled: place === all.length - 1 })}
      ${button("trash", t("form.remove_field", { name }), () => set(all.toSpliced(place, 1)))}
    </div>
  </fieldset>`;
}

/** Another label, and the key that follows it. */
function labelled<T extends Field | Option>(one: T, lang: string, text: string, among: readonly T[], saved: boolean): Pick<T, "labels" | "key"> {
  const labels = inLanguage(one.labels, lang, text);
  const key = followed(one.key, picked(one.labels), picked(labels), among.map((other) => other.key), saved);
  return { labels, key };
}

/** Only what the kind knows goes along. */
function asKind(one: Field, kind: Field["kind"]): Partial<Field> {
  const first: Option = { key: "option", labels: {} };
  const required = one.required && kind !== "colleagues";
  return { kind, required, least: null, most: null, options: kind === "choice" ? (one.options.length > 0 ? one.options : [first]) : [] };
}

function inLanguage(texts: Readonly<Record<string, string>>, lang: string, text: string): Record<string, string> {
  const { [lang]: _old, ...others } = texts;
  return text ? { ...others, [lang]: text } : others;
}

function options(one: Field, old: Field | undefined, admin: Admin, put: (change: Partial<Field>) => void) {
  const all = one.options;
  const set = (place: number, next: Option | null): void => put({ options: all.toSpliced(place, 1, ...(next ? [next] : [])) });
  const isOld = ({ key }: Option): boolean => old?.options.some((known) => known.key === key) ?? false;
  const id = (n: number): string => `option-${one.key}-${n}`;
  const add = (event: Event): void => {
    put({ options: [...all, { key: freshKey("option", all.map(({ key }) => key)), labels: {} }] });
    focusAfter(event, id(all.length));
  };
  return html`<div class="field" role="group" aria-label=${t("form.options")}>
    <span class="soft">${t("form.options")}</span>
    ${all.map(
      (option, place) => html`<div class="span">
        <input class="grow" id=${id(place)} lang=${admin.lang} maxlength="300" aria-label=${t("form.option_n", { n: place + 1 })} placeholder=${picked(option.labels)} .value=${option.labels[admin.lang] ?? ""} @input=${(event: Event) => set(place, { ...option, ...labelled(option, admin.lang, (event.target as HTMLInputElement).value, all, isOld(option)) })} />
        ${button("close", t("form.remove_option", { n: place + 1 }), () => set(place, null))}
      </div>`,
    )}
    <div class="buttons"><button type="button" class="bare" @click=${add}><dw-icon name="plus"></dw-icon>${t("form.add_option")}</button></div>
  </div>`;
}

function bounds(one: Field, put: (change: Partial<Field>) => void) {
  const bound = (name: "least" | "most") =>
    html`<label class="check"
      >${t(`form.${name}`)}
      <input type="number" step="any" class="bound" .value=${String(one[name] ?? "")} @change=${(event: Event) => {
        const { valueAsNumber } = event.target as HTMLInputElement;
        put({ [name]: Number.isNaN(valueAsNumber) ? null : valueAsNumber });
      }}
    /></label>`;
  return html`<div class="buttons">${bound("least")} ${bound("most")}</div>`;
}

function button(icon: string, label: string, act: (event: Event) => void, { id = "", disabled = false } = {}) {
  return html`<button type="button" class="bare icon" id=${id || nothing} aria-label=${label} title=${label} ?disabled=${disabled} @click=${act}><dw-icon name=${icon}></dw-icon></button>`;
}

// --- the preview -------------------------------------------------------------------------------------------------------

function preview(editor: Editor<"form">, admin: Admin) {
  return html`<p class="soft">${t("form.preview_lead")}</p>
    <div class="card" inert>
      ${editor.draft.fields.map(
        (one, place) => html`<div class="field">
          <label for="preview-${place}">${picked(one.labels, admin.lang)}${one.required ? html`<span class="needed"> *</span>` : nothing}</label>
          ${control(one, `preview-${place}`, admin)}
          ${picked(one.help, admin.lang) ? html`<div class="help"><p>${picked(one.help, admin.lang)}</p></div>` : nothing}
        </div>`,
      )}
    </div>`;
}

function control(one: Field, id: string, admin: Admin) {
  switch (one.kind) {
    case "long_text":
      return html`<textarea id=${id} rows="4"></textarea>`;
    case "choice":
      return html`<select id=${id}>${one.options.map(({ labels }) => html`<option>${picked(labels, admin.lang)}</option>`)}</select>`;
    case "number":
      return html`<input id=${id} type="number" />`;
    case "file":
      return html`<input id=${id} type="file" />`;
    default:
      return html`<input id=${id} />`;
  }
}
