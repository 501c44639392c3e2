/**
 * `<dw-ticket-form>`: describe a problem. Errors stand beside their fields and in a summary that takes the focus; what was
 * typed survives a reload. Fires `problem` (detail: Problem); `fail()` shows why it could not be sent.
 */

import { LitElement, html, nothing, type CSSResultGroup } from "lit";
import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { Texts, t, type Key } from "../shared/i18n.ts";
import "../shared/icon.ts";
import { uuid } from "../shared/ids.ts";
import type { Portal } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { recallJson, rememberJson } from "../shared/storage.ts";
import { controls } from "../shared/styles.ts";
import { check, fieldsOf, filled, type Errors, type Field, type FieldName, type Values } from "./problem-form.ts";
import { formStyles } from "./form-styles.ts";
import type { Problem } from "./visit.ts";

interface Draft {
  readonly values: Values;
  /** Id of the ticket to be: sending the same form twice gives one ticket. */
  readonly client_id: string;
}

/** What browsers fill in by themselves. */
const AUTOCOMPLETE: Readonly<Partial<Record<FieldName, string>>> = { name: "name", email: "email", company: "organization" };

export class TicketForm extends LitElement {
  static override properties = {
    portal: { attribute: false },
    memory: {},
    person: { attribute: false },
    busy: { state: true },
    values: { state: true },
    errors: { state: true },
    failure: { state: true },
  };
  declare portal: Portal;
  /** Key of the draft in this browser. */
  declare memory: string;
  /** Who the customer is known to be. */
  declare person: { readonly name: string | null; readonly verified: boolean };
  declare protected busy: boolean;
  declare protected values: Values;
  declare protected errors: Errors;
  declare private failure: unknown;

  /** Beside the label of what has to be filled in. */
  protected mark: unknown = nothing;

  static override styles: CSSResultGroup = [controls, formStyles];

  #client_id = uuid();
  #checked = false;

  constructor() {
    super();
    new Texts(this);
    this.person = { name: null, verified: false };
    this.busy = false;
    this.values = {};
    this.errors = {};
    this.failure = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("memory")) return;
    const draft = recallJson<Draft>(this.memory);
    this.values = { name: this.person.name ?? "", ...draft?.values };
    this.#client_id = draft?.client_id ?? uuid();
  }

  override focus(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  /** The ticket exists: who wrote stays in the form, the problem does not. */
  sent(): void {
    const { name = "", email = "", company = "", company_code = "" } = this.values;
    this.values = { name, email, company, company_code };
    this.#client_id = uuid();
    this.#checked = this.busy = false;
    this.#keep();
  }

  /** It could not be sent; the text stays. */
  async fail(error: unknown): Promise<void> {
    this.busy = false;
    if (error instanceof Refusal && error.code === "conflict") this.#client_id = uuid();
    const field = error instanceof Refusal ? this.fields.find(({ name }) => name === error.field) : undefined;
    if (field) this.errors = { [field.name]: this.refused(field.name, error as Refusal) };
    else this.failure = error;
    await this.#showSummary();
  }

  /** Why the server does not take a field. */
  protected refused(name: FieldName, _why: Refusal): Key {
    return this.values[name]?.trim() ? "form.refused" : `form.missing.${name}`;
  }

  protected get fields(): Field[] {
    return fieldsOf(this.portal, this.person.verified);
  }

  protected get wrong(): Errors {
    return check(this.fields, this.values);
  }

  /** What is sent. */
  protected get problem(): Problem {
    const { name, verified } = this.person;
    const known = verified && name !== null ? { name } : {};
    return { client_id: this.#client_id, ...filled(this.fields, this.values), ...known } as Problem;
  }

  #keep(): void {
    rememberJson(this.memory, { values: this.values, client_id: this.#client_id } satisfies Draft);
  }

  protected typed(name: FieldName, value: string): void {
    this.values = { ...this.values, [name]: value };
    this.recheck();
    this.#keep();
  }

  /** Once something was wrong, each change says what still is. */
  protected recheck(): void {
    if (this.#checked) this.errors = this.wrong;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.#checked = true;
    this.failure = null;
    this.errors = this.wrong;
    if (Object.keys(this.errors).length > 0) {
      await this.#showSummary();
      return;
    }
    this.busy = true;
    emit(this, "problem", this.problem);
  }

  async #showSummary(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".summary")?.focus();
  }

  override render() {
    return html`<form novalidate @submit=${this.#submit}>
      ${this.#summary()}
      ${this.person.verified
        ? html`<p class="person"><dw-icon name="verified"></dw-icon>${t("form.as", { name: this.person.name ?? "" })}</p>`
        : nothing}
      ${this.fields.map((field) => this.field(field))}
      <button class="primary send" ?disabled=${this.busy}>${this.busy ? t("form.sending") : t("form.send")}</button>
    </form>`;
  }

  #summary() {
    const wrong = this.fields.filter(({ name }) => this.errors[name]);
    if (wrong.length === 0 && this.failure === null) return nothing;
    return html`<div class="summary" role="alert" tabindex="-1">
      <dw-icon name="alert"></dw-icon>
      <div>
        <strong>${this.failure === null ? t("form.check", { n: wrong.length }) : t("form.not_sent")}</strong>
        ${this.failure === null
          ? html`<ul>
              ${wrong.map(
                ({ name }) => html`<li>
                  <a href="#${name}" @click=${(event: Event) => this.#goTo(event, name)}>${this.message(name)}</a>
                </li>`,
              )}
            </ul>`
          : html`<p>${errorText(this.failure)}</p>`}
      </div>
    </div>`;
  }

  #goTo(event: Event, name: FieldName): void {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`#${name}`)?.focus();
  }

  protected message(name: FieldName): string {
    const limit = this.fields.find((field) => field.name === name)?.limit ?? 0;
    return t(this.errors[name] as Key, { n: limit, field: t(`form.${name}`) });
  }

  protected field({ name, required }: Field) {
    const error = this.errors[name];
    const hint = name === "description" || name === "company_code";
    const typed = ({ target }: Event): void => this.typed(name, (target as HTMLInputElement).value);
    return html`<div class="field ${name}">
      <label for=${name}>
        ${t(`form.${name}`)}${required ? this.mark : html` <span class="optional">${t("form.optional")}</span>`}
      </label>
      ${hint ? html`<p class="hint" id="${name}-hint">${t(`form.${name}_hint`)}</p>` : nothing}
      ${name === "description"
        ? html`<textarea
            id=${name}
            rows="5"
            .value=${this.values[name] ?? ""}
            ?required=${required}
            aria-invalid=${error !== undefined}
            aria-describedby=${described(name, hint, error)}
            @input=${typed}
          ></textarea>`
        : html`<input
            id=${name}
            type=${name === "email" ? name : "text"}
            autocomplete=${AUTOCOMPLETE[name] ?? "off"}
            .value=${this.values[name] ?? ""}
            ?required=${required}
            aria-invalid=${error !== undefined}
            aria-describedby=${described(name, hint, error)}
            @input=${typed}
          />`}
      ${error ? html`<p class="error" id="${name}-error">${this.message(name)}</p>` : nothing}
    </div>`;
  }
}

export function described(name: string, hint: boolean, error: string | undefined) {
  return [hint ? `${name}-hint` : "", error ? `${name}-error` : ""].join(" ").trim() || nothing;
}

customElements.define("dw-ticket-form", TicketForm);

declare global {
  interface HTMLElementTagNameMap {
    "dw-ticket-form": TicketForm;
  }
}
