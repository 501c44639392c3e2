/** Fields that are bound to a draft: label above, help below, and what is wrong right there. Styles: fields.css.ts. */
import { html, nothing, type TemplateResult } from "lit";
import { language } from "../../../shared/i18n.ts";
import { languageName } from "../../../shared/language-name.ts";
import { LANGUAGES } from "../../../shared/languages.ts";
import { at, covers } from "../model/draft.ts";
import { t } from "../texts.ts";
import type { Admin } from "./admin.ts";
import type { Editor } from "./editor.ts";
import type { NounName } from "./nouns.ts";

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface More {
  readonly hint?: string;
  readonly required?: boolean;
  readonly max?: number;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** What is offered to choose from while one types. */
  readonly list?: readonly string[];
  /** What else follows from the text that was typed; `before` is what stood there. */
  readonly follow?: (now: string, before: string) => void;
  /** What stands before the text, as a part of it. */
  readonly before?: string;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
}

/** Any editor: the path of a field says what is bound. */
type Bound = Editor<NounName>;

export function text(editor: Bound, path: string, label: string, more: More = {}): TemplateResult {
  const set = (event: Event): void => {
    const before = String(at(editor.draft, path) ?? "");
    editor.set(path, typed(event));
    more.follow?.(typed(event), before);
  };
  const input = html`<input
    id=${idOf(path)}
    list=${more.list ? `${idOf(path)}-list` : nothing}
    .value=${String(at(editor.draft, path) ?? "")}
    maxlength=${more.max ?? 300}
    placeholder=${more.placeholder ?? nothing}
    ?required=${more.required}
    ?disabled=${more.disabled}
    autocomplete="off"
    aria-invalid=${invalid(editor, path)}
    aria-describedby=${`${idOf(path)}-help`}
    @input=${set}
  />${more.list ? html`<datalist id=${`${idOf(path)}-list`}>${more.list.map((one) => html`<option value=${one}></option>`)}</datalist>` : nothing}`;
  return field(editor, path, label, more, more.before ? html`<span class="joined"><span>${more.before}</span>${input}</span>` : input);
}

export function number(editor: Bound, path: string, label: string, bounds: Bounds, more: More = {}): TemplateResult {
  const set = (event: Event): void => count(event, bounds, Number(at(editor.draft, path)), (value) => editor.set(path, value));
  const input = html`<input
    type="number"
    id=${idOf(path)}
    min=${bounds.least}
    max=${bounds.most}
    .value=${String(at(editor.draft, path) ?? "")}
    ?disabled=${more.disabled}
    aria-invalid=${invalid(editor, path)}
    aria-describedby=${`${idOf(path)}-help`}
    @input=${set}
    @change=${set}
  />`;
  return field(editor, path, label, more, html`<span class="measure">${input}${bounds.unit ?? nothing}</span>`);
}

/** While one types, a number is taken as soon as it fits; when the field is left, what does not fit becomes the nearest that does. */
export function count(event: Event, { least, most }: Bounds, before: number, take: (value: number) => void): void {
  const input = event.target as HTMLInputElement;
  const written = input.valueAsNumber;
  const fits = Number.isNaN(written) ? before : Math.max(least, Math.min(most, written));
  if (fits !== written && event.type === "input") return;
  if (fits !== written) input.valueAsNumber = fits;
  take(fits);
}

export function toggle(editor: Bound, path: string, label: string, more: More = {}): TemplateResult {
  return html`<div class="toggle">
    <input
      type="checkbox"
      role="switch"
      id=${idOf(path)}
      .checked=${at(editor.draft, path) === true}
      ?disabled=${more.disabled}
      aria-describedby=${`${idOf(path)}-help`}
      @change=${(event: Event) => editor.set(path, (event.target as HTMLInputElement).checked)}
    />
    <label for=${idOf(path)}>${label}</label>
    ${help(editor, path, more)}
  </div>`;
}

/** Sets a field of something new, as long as it says what follows from another one. */
export function following(editor: Bound, path: string, derive: (text: string) => string): (now: string, before: string) => void {
  return (now, before) => {
    const value = at(editor.draft, path);
    if (editor.item === null && (value === "" || value === derive(before))) editor.set(path, derive(now));
  };
}

/** One of several; `none` is what null is called. */
export function choice(editor: Bound, path: string, label: string, choices: readonly Choice[], more: More & { none?: string } = {}): TemplateResult {
  const now = at(editor.draft, path) ?? "";
  return field(
    editor,
    path,
    label,
    more,
    html`<select
      id=${idOf(path)}
      ?disabled=${more.disabled}
      aria-invalid=${invalid(editor, path)}
      aria-describedby=${`${idOf(path)}-help`}
      @change=${(event: Event) => editor.set(path, typed(event) || null)}
    >
      ${more.none === undefined ? nothing : html`<option value="" .selected=${now === ""}>${more.none}</option>`}
      ${choices.map(({ value, label: said }) => html`<option value=${value} .selected=${value === now}>${said}</option>`)}
    </select>`,
  );
}

/** Several of several. */
export function checks(editor: Bound, path: string, label: string, choices: readonly Choice[], more: More = {}): TemplateResult {
  const now = (at(editor.draft, path) ?? []) as readonly string[];
  const set = (value: string, on: boolean): void => editor.set(path, on ? [...now, value] : now.filter((one) => one !== value));
  return html`<fieldset class="field" aria-describedby=${`${idOf(path)}-help`}>
    <legend>${label}</legend>
    <div class="checks">
      ${choices.map(
        ({ value, label: said }) => html`<label class="check"
          ><input type="checkbox" .checked=${now.includes(value)} @change=${(event: Event) => set(value, (event.target as HTMLInputElement).checked)} />${said}</label
        >`,
      )}
    </div>
    ${help(editor, path, more)}
  </fieldset>`;
}

/** A list of words, one in a line. */
export function lines(editor: Bound, path: string, label: string, more: More = {}): TemplateResult {
  const now = (at(editor.draft, path) ?? []) as readonly string[];
  const set = (event: Event): void => editor.set(path, typed(event).split(/\s+/).filter(Boolean));
  return field(
    editor,
    path,
    label,
    more,
    html`<textarea
      id=${idOf(path)}
      rows=${Math.max(2, now.length + 1)}
      spellcheck="false"
      placeholder=${more.placeholder ?? nothing}
      .value=${now.join("\n")}
      aria-invalid=${invalid(editor, path)}
      aria-describedby=${`${idOf(path)}-help`}
      @input=${set}
    ></textarea>`,
  );
}

/** A text in the language that is chosen above; what is not written there shows what is read instead. */
export function words(editor: Bound, admin: Admin, path: string, label: string, more: More & { rows?: number } = {}): TemplateResult {
  const all = (at(editor.draft, path) ?? {}) as Readonly<Record<string, string>>;
  const { lang } = admin;
  const instead = all["en"] ?? Object.values(all)[0] ?? more.placeholder ?? "";
  const set = (event: Event): void => editor.set(`${path}.${lang}`, typed(event) || undefined);
  const common = { id: idOf(path), value: all[lang] ?? "", max: more.max ?? 300 };
  return field(
    editor,
    path,
    html`${label} <span class="lang">${languageName(lang)}</span>`,
    { ...more, hint: [more.hint, written(all, lang)].filter(Boolean).join(" ") },
    more.rows
      ? html`<textarea id=${common.id} rows=${more.rows} lang=${lang} maxlength=${common.max} placeholder=${instead} .value=${common.value} aria-invalid=${invalid(editor, path)} aria-describedby=${`${common.id}-help`} @input=${set}></textarea>`
      : html`<input id=${common.id} lang=${lang} maxlength=${common.max} placeholder=${instead} .value=${common.value} aria-invalid=${invalid(editor, path)} aria-describedby=${`${common.id}-help`} @input=${set} />`,
  );
}

/** In which other languages there is a text. */
function written(all: Readonly<Record<string, string>>, lang: string): string {
  const others = Object.keys(all).filter((one) => one !== lang).map(languageName);
  return others.length > 0 ? t("kit.also_in", { languages: new Intl.ListFormat(language()).format(others) }) : "";
}

/** Which language the texts below are written in. */
export function languages(admin: Admin): TemplateResult {
  return html`<div class="languages" role="group" aria-label=${t("kit.language_of_texts")}>
    ${Object.entries(LANGUAGES).map(
      ([tag, name]) => html`<button type="button" aria-pressed=${admin.lang === tag} @click=${() => admin.write(tag)}>${name}</button>`,
    )}
  </div>`;
}

export function field(editor: Bound, path: string, label: unknown, more: More, control: TemplateResult): TemplateResult {
  return html`<div class="field">
    <label for=${idOf(path)}>${label}${more.required ? html`<span class="needed" aria-hidden="true"> *</span>` : nothing}</label>
    ${control} ${help(editor, path, more)}
  </div>`;
}

export function help(editor: Bound, path: string, more: More): TemplateResult {
  const clashes = editor.clashes.filter((one) => covers(path, one));
  return html`<div class="help" id=${`${idOf(path)}-help`}>
    ${wrong(editor, path)} ${more.hint ? html`<p>${more.hint}</p>` : nothing}
    ${clashes.map(
      (clash) => html`<p class="clash">
        ${t("kit.clash", { text: shown(editor.theirs(clash)) })}
        <button type="button" class="link" @click=${() => editor.take(clash)}>${t("kit.take_theirs")}</button>
      </p>`,
    )}
  </div>`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "–");
}

/** What the server has said to this field. */
export function wrong(editor: Bound, path: string) {
  return isWrong(editor, path) ? html`<p class="wrong">${editor.failure}</p>` : nothing;
}

function isWrong(editor: Bound, path: string): boolean {
  return editor.wrong !== null && covers(path, editor.wrong);
}

export function invalid(editor: Bound, path: string): "true" | typeof nothing {
  return isWrong(editor, path) ? "true" : nothing;
}

export function idOf(path: string): string {
  return `f-${path.replaceAll(".", "-")}`;
}

export function typed(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
