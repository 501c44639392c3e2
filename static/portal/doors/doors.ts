/**
 * `<dw-doors>`: the ways into a portal: what it is about, a person's name, a key; then the form of what was chosen. What
 * the portal offers may change while somebody types; nothing that was typed is lost by that.
 */

import { LitElement, html, nothing } from "lit";
import { errorText } from "../../shared/error-text.ts";
import { t as common } from "../../shared/i18n.ts";
import "../../shared/icon.ts";
import type { OfferedPerson, OfferedType, Portal } from "../../shared/protocol.d.ts";
import { Refusal } from "../../shared/refusal.ts";
import { forget, recallJson, rememberJson } from "../../shared/storage.ts";
import { controls } from "../../shared/styles.ts";
import type { Journey } from "../journey.ts";
import type { Problem } from "../visit.ts";
import "./asked-form.ts";
import { admit } from "./admission.ts";
import type { AskedForm } from "./asked-form.ts";
import { asked, named, offered, onlyChoice, sentBy, type Admission, type Choice } from "./choice.ts";
import { doorStyles } from "./door-styles.ts";
import { FormFiles } from "./form-files.ts";
import { t, texts } from "./texts.ts";

export class Doors extends LitElement {
  static override properties = {
    journey: { attribute: false },
    portal: { attribute: false },
    admitted: { attribute: false },
    chosen: { state: true },
    gone: { state: true },
  };
  declare journey: Journey;
  declare portal: Portal;
  /** The key that was typed, or came with the address. */
  declare admitted: Admission | null;
  declare private chosen: Choice | null;
  /** What was chosen, and is not offered any more. */
  declare private gone: string | null;

  static override styles = [controls, doorStyles];

  #files: FormFiles | null = null;
  #name: string | null = null;

  constructor() {
    super();
    texts.follow(this);
    this.admitted = this.chosen = this.gone = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!this.#files) {
      this.#files = new FormFiles(this.journey.visit.memory);
      this.chosen = recallJson<Choice>(this.#memory);
    }
    if (this.chosen && !offered(this.chosen, this.portal)) {
      if (changed.get("portal")) this.gone = this.#name;
      this.#choose(null);
    }
    this.#name = this.#choice && named(this.#choice, this.portal);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("dw-asked-form, button.door")?.focus();
  }

  get #memory(): string {
    return `${this.journey.visit.memory}choice`;
  }

  /** A key is worth more than what was chosen before; and where there is one way only, nobody chooses. */
  get #choice(): Choice | null {
    return this.admitted ?? onlyChoice(this.portal) ?? this.chosen;
  }

  #choose(choice: Choice | null): void {
    this.chosen = choice;
    if (choice) rememberJson(this.#memory, choice);
    else forget(this.#memory);
  }

  /** null: something else is to be chosen; a key is put away for that. */
  async #chose(choice: Choice | null): Promise<void> {
    this.gone = null;
    if (this.admitted) admit(this.journey, (this.admitted = null));
    this.#choose(choice);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  /** Sent by the way whose form it stood in: the plain one stands below people's names, and nobody has chosen then. */
  async #problem(choice: Choice, event: CustomEvent<Problem>): Promise<void> {
    const form = event.target as AskedForm;
    const files = form.asked.filter(({ kind }) => kind === "file").map(({ key }) => key);
    try {
      await this.journey.open(sentBy(choice, event.detail));
    } catch (error) {
      await this.#failed(form, error);
      return;
    }
    form.sent();
    this.#choose(null);
    admit(this.journey, null);
    const { chat, host, visit } = this.journey;
    await host.updateComplete;
    host.focus();
    try {
      if (chat) await this.#files?.send(files, visit, chat.id);
    } catch (error) {
      this.journey.say(errorText(error));
    }
  }

  /** What was chosen may have gone this very moment. */
  async #failed(form: AskedForm, error: unknown): Promise<void> {
    await form.fail(error);
    if (!(error instanceof Refusal) || !STALE.includes(error.field ?? error.code)) return;
    if (error.code === "key_invalid") {
      admit(this.journey, null);
      this.journey.say(common("error.key_invalid")); // the form that says so may go with the key
    }
    try {
      if (error.code === "sign_in_required") await this.journey.visit.refresh(); // the session has ended meanwhile
      await this.journey.show(await this.journey.visit.look());
    } catch (failure) {
      this.journey.say(errorText(failure));
    }
  }

  // --- what is shown -------------------------------------------------------------------------------------------------

  override render() {
    const choice = this.#choice;
    return html`${this.#welcome()}
      ${this.gone === null
        ? nothing
        : html`<p class="gone" role="alert">${t("doors.gone", { name: this.gone })}</p>`}
      ${choice ? this.#form(choice) : this.#ways()} ${this.admitted ? nothing : this.#key()}`;
  }

  #welcome() {
    const { logo, name, open, title, welcome, ways } = this.portal;
    const lead = welcome ?? (ways.form ? common("form.lead") : null);
    return html`<header>
      ${logo === null ? nothing : html`<img class="logo" src=${logo} alt=${name} />`}
      <h1>${title ?? (open ? common("form.title") : name)}</h1>
      ${lead === null ? nothing : html`<p class="welcome">${lead}</p>`}
    </header>`;
  }

  #ways() {
    const { issue_types, people, ways } = this.portal;
    return html`${issue_types.length === 0
      ? nothing
      : html`<section>
          <h2 tabindex="-1">${t("doors.about")}</h2>
          <ul class="doors">
            ${issue_types.map((one) => html`<li>${this.#type(one)}</li>`)}
          </ul>
        </section>`}
    ${people.length === 0
      ? nothing
      : html`<section>
          <h2 tabindex="-1">${t(ways.form ? "doors.or_person" : "doors.person")}</h2>
          <ul class="doors">
            ${people.map((one) => html`<li>${this.#person(one)}</li>`)}
          </ul>
        </section>`}
    ${ways.form && issue_types.length === 0 ? this.#form({ way: "form" }) : nothing}`;
  }

  #type({ id, name }: OfferedType) {
    return html`<button class="door" @click=${() => this.#chose({ way: "type", id })}>
      <span class="name">${name}</span>
    </button>`;
  }

  #person({ id, name, picture, available }: OfferedPerson) {
    return html`<button class="door" @click=${() => this.#chose({ way: "person", id })}>
      ${picture === null
        ? html`<span class="face" aria-hidden="true">${[...name][0]}</span>`
        : html`<img class="face" src=${picture} alt="" />`}
      <span class="name">${name}</span>
      <span class="here ${available ? "yes" : ""}">${t(available ? "doors.available" : "doors.away")}</span>
    </button>`;
  }

  #form(choice: Choice) {
    const { session, memory } = this.journey.visit;
    const name = named(choice, this.portal);
    const words = choice.way === "type" ? "doors.chosen_type" : choice.way === "key" ? "doors.chosen_key" : "doors.chosen_person";
    const other = this.admitted !== null || onlyChoice(this.portal) === null;
    return html`<section>
      ${name === null
        ? nothing
        : html`<div class="chosen">
            <h2 tabindex="-1">${t(words, { name })}</h2>
            ${other ? html`<button class="link" @click=${() => this.#chose(null)}>${t("doors.change")}</button>` : nothing}
          </div>`}
      <dw-asked-form
        .portal=${session.account === null ? this.portal : withoutPerson(this.portal)}
        .person=${session}
        .asked=${asked(choice, this.portal, session.account !== null)}
        .files=${this.#files}
        memory=${`${memory}draft`}
        @problem=${(event: CustomEvent<Problem>) => this.#problem(choice, event)}
      ></dw-asked-form>
    </section>`;
  }

  #key() {
    return html`<button class="link" @click=${() => this.journey.ask("key")}>${common("visit.have_key")}</button>`;
  }
}

/** Who has signed in is not asked again who he is. */
function withoutPerson(portal: Portal): Portal {
  return { ...portal, fields: portal.fields.filter(({ name }) => name !== "name" && name !== "email") };
}

/** Fields and codes of a refusal that say: the portal is not any more what the page shows. */
const STALE: readonly string[] = [
  "issue_type",
  "technician",
  "way_closed",
  "portal_closed",
  "portal_disabled",
  "key_invalid",
  "sign_in_required",
];

customElements.define("dw-doors", Doors);

declare global {
  interface HTMLElementTagNameMap {
    "dw-doors": Doors;
  }
}
