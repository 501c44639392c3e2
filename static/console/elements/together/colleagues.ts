/** `<dw-colleagues>`: to whom a ticket is offered or given, or who is invited, with a word for that person. Fires `close`. */
import { LitElement, css, html, nothing } from "lit";
import type { DirectoryPerson, Summary } from "../../../shared/protocol.d.ts";
import "../../../shared/dialog.ts";
import { emit } from "../../../shared/emit.ts";
import { Texts, t } from "../../../shared/i18n.ts";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import type { Desk } from "../../desk/desk.ts";

export type Purpose = "transfer" | "invite" | "give";

export class Colleagues extends LitElement {
  static override properties = {
    desk: { attribute: false },
    ticket: { attribute: false },
    purpose: {},
    who: { state: true },
    working: { state: true },
  };
  declare desk: Desk;
  declare ticket: Summary;
  declare purpose: Purpose;
  /** What was chosen: it stays so when others move up or down the list. */
  declare private who: string;
  declare private working: boolean;

  static override styles = [
    controls,
    css`
      form {
        display: grid;
        gap: 12px;
      }
      select,
      textarea {
        width: 100%;
        min-width: 0;
      }
      label {
        display: grid;
        gap: 4px;
        font-size: var(--size-13);
      }
      .soft {
        color: var(--text-soft);
        font-size: var(--size-13);
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    new Follow(this, () => [this.desk.together]);
    this.who = "";
    this.working = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.desk.together.look(); // who can be reached changes by the minute
  }

  override render() {
    const { purpose } = this;
    return html`<dw-dialog open heading=${t(`together.${purpose}_heading`, { key: this.ticket.key })} @close=${() => emit(this, "close")}>
      <form id="ask" @submit=${this.#submit}>
        <p class="soft">${t(`together.${purpose}_lead`)}</p>
        <label>
          ${t("together.who")}
          <select name="who" required @change=${(event: Event) => (this.who = (event.target as HTMLSelectElement).value)}>
            <option value=""></option>
            ${this.#choices()}
          </select>
        </label>
        ${purpose === "give"
          ? nothing
          : html`<label>
              ${t("together.comment")}
              <textarea name="comment" rows="3" maxlength="8000" placeholder=${t("together.comment_hint")}></textarea>
            </label>`}
      </form>
      <button slot="actions" @click=${() => emit(this, "close")}>${t("together.cancel")}</button>
      <button slot="actions" class="primary" ?disabled=${this.working} @click=${() => this.#form?.requestSubmit()}>
        ${t(`together.${purpose}_do`)}
      </button>
    </dw-dialog>`;
  }

  override updated(): void {
    const select = this.renderRoot.querySelector("select");
    if (select) select.value = this.who;
  }

  #choices() {
    const { together, me } = this.desk;
    if (this.purpose === "give") return this.#people(together.mayGive(this.ticket));
    const { people, teams } = together.candidates(this.ticket, me.id);
    const there = this.#people(people);
    if (this.purpose === "invite" || teams.length === 0) return there;
    return html`<optgroup label=${t("together.teams")}>
        ${teams.map(({ id, name }) => html`<option value="team ${id}">${name}</option>`)}
      </optgroup>
      <optgroup label=${t("together.people")}>${there}</optgroup>`;
  }

  /** Who can be reached now comes first. */
  #people(people: readonly DirectoryPerson[]) {
    const order = [...people].sort((one, other) => Number(other.reachable) - Number(one.reachable));
    return order.map(
      ({ id, name, reachable }) => html`<option value="technician ${id}">${reachable ? name : t("together.away", { who: name })}</option>`,
    );
  }

  get #form(): HTMLFormElement | null {
    return this.renderRoot.querySelector("form");
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const [kind, id] = this.who.split(" ");
    if (!id) return;
    this.working = true;
    const done = await this.#do(kind === "team", id, String(data.get("comment") ?? "").trim());
    this.working = false;
    if (done) emit(this, "close");
  }

  #do(team: boolean, id: string, comment: string): Promise<boolean> {
    const { together } = this.desk;
    if (this.purpose === "give") return together.give(this.ticket.id, id);
    if (this.purpose === "invite") return together.invite(this.ticket.id, id, comment);
    return together.offer(this.ticket.id, team ? { team: id, technician: null } : { team: null, technician: id }, comment);
  }
}

customElements.define("dw-colleagues", Colleagues);

declare global {
  interface HTMLElementTagNameMap {
    "dw-colleagues": Colleagues;
  }
}
