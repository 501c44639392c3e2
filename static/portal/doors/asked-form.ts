/**
 * `<dw-asked-form>`: the form of a way in that asks more: the plain one, and the questions of an issue type below it. What
 * was typed survives a reload, and another choice: what two forms ask alike is typed once.
 */

import { html, nothing } from "lit";
import { language } from "../../shared/i18n.ts";
import type { Key as FormKey } from "../../shared/i18n.ts";
import type { AskedField } from "../../shared/protocol.d.ts";
import type { Refusal } from "../../shared/refusal.ts";
import { rememberJson, recallJson } from "../../shared/storage.ts";
import { formStyles } from "../form-styles.ts";
import type { Errors, Field, FieldName } from "../problem-form.ts";
import { described, TicketForm } from "../ticket-form.ts";
import type { Problem } from "../visit.ts";
import { controls } from "../../shared/styles.ts";
import { given, longest, wrongWith, type Answers } from "./answers.ts";
import { askedStyles } from "./asked-styles.ts";
import type { FormFiles } from "./form-files.ts";
import { t, texts, type Key } from "./texts.ts";

const PREFIX = "answers.";
/** Refusals that say more than that something is wrong. */
const WHY: Readonly<Record<string, Key>> = { cannot_share: "doors.cannot_share", too_many_shares: "doors.too_many_shares" };

export class AskedForm extends TicketForm {
  static override properties = {
    ...TicketForm.properties,
    asked: { attribute: false },
    files: { attribute: false },
    answers: { state: true },
  };
  declare asked: readonly AskedField[];
  declare files: FormFiles | null;
  declare private answers: Answers;

  /** Whom the last refusal was about. */
  #who = "";

  static override styles = [controls, formStyles, askedStyles];

  protected override mark = html` <span class="mark" aria-hidden="true">*</span>`;

  constructor() {
    super();
    texts.follow(this);
    this.asked = [];
    this.files = null;
    this.answers = {};
  }

  override willUpdate(changed: Map<string, unknown>): void {
    super.willUpdate(changed);
    if (changed.has("memory")) this.answers = recallJson<Answers>(this.#memory) ?? {};
    if (changed.has("files") && this.files) this.files.onchange = () => this.requestUpdate();
    for (const { key, kind } of this.asked) if (kind === "file") void this.files?.adopt(key);
  }

  get #memory(): string {
    return `${this.memory}:answers`;
  }

  /** The ticket exists: its answers are not those of the next one. */
  override sent(): void {
    super.sent();
    const mine = new Set(this.asked.map(({ key }) => key));
    this.#keep(Object.fromEntries(Object.entries(this.answers).filter(([key]) => !mine.has(key))));
  }

  protected override get fields(): Field[] {
    const more = this.asked.map(({ key, required }) => ({ name: `${PREFIX}${key}` as FieldName, required, limit: 0 }));
    return [...super.fields, ...more];
  }

  protected override get wrong(): Errors {
    const errors: Record<string, string> = {};
    for (const [name, key] of Object.entries(super.wrong)) if (!name.startsWith(PREFIX)) errors[name] = key;
    for (const field of this.asked) {
      const wrong = wrongWith(field, this.#typed(field));
      if (wrong) errors[`${PREFIX}${field.key}`] = wrong;
    }
    return errors as Errors;
  }

  protected override get problem(): Problem {
    const answers = Object.fromEntries(this.asked.map((field) => [field.key, this.#typed(field)]));
    return { ...super.problem, answers: given(this.asked, answers) };
  }

  /** Of a field for files their names, one in a line. */
  #typed({ key, kind }: AskedField): string {
    if (kind !== "file") return this.answers[key] ?? "";
    return (this.files?.of(key) ?? []).map(({ file }) => file.name).join("\n");
  }

  #keep(answers: Answers): void {
    this.answers = answers;
    rememberJson(this.#memory, answers);
  }

  #answer(key: string, value: string): void {
    this.#keep({ ...this.answers, [key]: value });
    this.recheck();
  }

  #askedAs(name: string): AskedField | undefined {
    return this.asked.find(({ key }) => name === `${PREFIX}${key}`);
  }

  protected override refused(name: FieldName, why: Refusal): FormKey {
    const field = this.#askedAs(name);
    if (!field) return super.refused(name, why);
    this.#who = why.who ?? "";
    const key = WHY[why.code] ?? (this.#typed(field).trim() ? "doors.refused" : "doors.missing");
    return key as string as FormKey; // errors of these fields have their words in the texts of the doors
  }

  protected override message(name: FieldName): string {
    const field = this.#askedAs(name);
    if (!field) return super.message(name);
    const label = field.label.replace(/[\s?:]+$/, ""); // "What happens?: this is needed" is no sentence
    const values = { field: label, n: longest(field), who: this.#who };
    return t(this.errors[name] as string as Key, { ...values, least: number(field.least), most: number(field.most) });
  }

  // --- what is shown -------------------------------------------------------------------------------------------------

  override render() {
    return html`<p class="hint">${t("doors.asterisk")} ${this.asked.length > 0 ? t("doors.more_helps") : nothing}</p>
      ${super.render()}`;
  }

  protected override field(field: Field) {
    const question = this.#askedAs(field.name);
    return question ? this.#question(question) : super.field(field);
  }

  #question(field: AskedField) {
    const id = `${PREFIX}${field.key}`;
    const error = this.errors[id as FieldName];
    return html`<div class="field">
      <label for=${id}>${field.label}${field.required ? this.mark : nothing}</label>
      ${field.help === null ? nothing : html`<p class="hint" id="${id}-hint">${field.help}</p>`}
      ${this.#control(field, id, described(id, field.help !== null, error), error !== undefined)}
      ${error ? html`<p class="error" id="${id}-error">${this.message(id as FieldName)}</p>` : nothing}
    </div>`;
  }

  #control(field: AskedField, id: string, described: unknown, wrong: boolean) {
    const { key, kind, required } = field;
    const value = this.answers[key] ?? "";
    const typed = ({ target }: Event): void => this.#answer(key, (target as HTMLInputElement).value);
    switch (kind) {
      case "file":
        return this.#files(key, id, described, wrong);
      case "choice":
        return html`<select id=${id} ?required=${required} aria-invalid=${wrong} aria-describedby=${described} @change=${typed}>
          <option value="" ?selected=${value === ""}>${t("doors.choose")}</option>
          ${field.options.map((one) => html`<option value=${one.key} ?selected=${one.key === value}>${one.label}</option>`)}
        </select>`;
      case "long_text":
        return html`<textarea
          id=${id}
          rows="4"
          .value=${value}
          ?required=${required}
          aria-invalid=${wrong}
          aria-describedby=${described}
          @input=${typed}
        ></textarea>`;
      default:
        return html`<input
          id=${id}
          inputmode=${INPUT[kind] ?? "text"}
          autocapitalize=${kind === "colleagues" ? "off" : "sentences"}
          autocomplete="off"
          .value=${value}
          ?required=${required}
          aria-invalid=${wrong}
          aria-describedby=${described}
          @input=${typed}
        />`;
    }
  }

  #files(key: string, id: string, described: unknown, wrong: boolean) {
    const chosen = this.files?.of(key) ?? [];
    const choose = ({ target }: Event): void => {
      const field = target as HTMLInputElement;
      void this.files?.add(key, [...(field.files ?? [])]);
      field.value = "";
      this.recheck();
    };
    return html`<input id=${id} type="file" multiple aria-invalid=${wrong} aria-describedby=${described} @change=${choose} />
      ${chosen.length === 0
        ? nothing
        : html`<ul class="files">
            ${chosen.map(
              (one) => html`<li aria-busy=${!one.kept}>
                <dw-icon name="clip"></dw-icon><span>${one.file.name}</span>
                <button
                  type="button"
                  class="bare icon"
                  aria-label=${t("doors.remove_file", { name: one.file.name })}
                  @click=${() => void this.files?.drop(key, one.id)}
                >
                  <dw-icon name="close"></dw-icon>
                </button>
              </li>`,
            )}
          </ul>`}`;
  }
}

/** Which keys a phone shows. */
const INPUT: Readonly<Partial<Record<AskedField["kind"], string>>> = { number: "decimal", colleagues: "email" };

function number(bound: number | null): string {
  return (bound ?? 0).toLocaleString(language());
}

customElements.define("dw-asked-form", AskedForm);

declare global {
  interface HTMLElementTagNameMap {
    "dw-asked-form": AskedForm;
  }
}
