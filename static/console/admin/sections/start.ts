/** `<dw-admin-start>`: from an empty installation to a portal that works, and afterwards how things stand. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import type { Admin } from "../kit/admin.ts";
import { headStyles, pageStyles } from "../kit/head.css.ts";
import { change, draftOf } from "../kit/nouns.ts";
import { t, texts, type Key } from "../texts.ts";
import { startStyles } from "./start.css.ts";

interface Step {
  readonly name: "company" | "portal" | "access" | "open";
  readonly done: boolean;
  /** The step before it is done. */
  readonly possible: boolean;
  readonly action: TemplateResult;
}

/** What to look at next, once the portal works. */
const NEXT: readonly (readonly [place: string, text: Key, why: Key])[] = [
  ["portals", "portal.many", "start.next_portals"],
  ["issue-types", "issue_type.many", "start.next_issue_types"],
  ["schedules", "schedule.many", "start.next_schedules"],
  ["teams", "team.many", "start.next_teams"],
  ["canned-replies", "canned_reply.many", "start.next_canned_replies"],
];

export class AdminStart extends LitElement {
  static override properties = { admin: { attribute: false } };
  declare admin: Admin;

  static override styles = [controls, headStyles, pageStyles, startStyles];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
  }

  override render() {
    const { admin } = this;
    const books = [admin.book("company"), ...(admin.company ? [admin.book("portal"), admin.book("technician")] : [])];
    // what is not known yet is not missing: nothing is said before all of it is there
    const known = books.every((book) => book.known);
    const failed = books.find((book) => book.failure);
    return html`<div class="page">
      ${failed ? html`<p class="wrong" role="alert">${failed.failure} <button class="link" @click=${() => void failed.look()}>${t("kit.again")}</button></p>` : nothing}
      ${known ? this.#standing(this.#steps()) : nothing}
    </div>`;
  }

  #standing(steps: readonly Step[]) {
    const done = steps.every((step) => step.done);
    return html`<header>
        <a class="button bare icon back" href="#/admin" aria-label=${t("kit.back")}><dw-icon name="back"></dw-icon></a>
        <h2>${done ? this.admin.company?.name : t("start.welcome")}</h2>
      </header>
      <p class="lead">${t(done ? "start.works" : "start.lead")}</p>
      ${done
        ? this.#working()
        : html`<ol class="card">
            ${steps.map((step, place) => this.#step(step, place + 1))}
          </ol>`}`;
  }

  /** Where customers come in, and what may come next. */
  #working() {
    return html`<ul class="card portals">
        ${this.admin.book("portal").items.map(
          ({ id, slug, name, disabled }) => html`<li>
            <div>
              <h3><a href="#/admin/portals/${id}">${name}</a></h3>
              <p>${disabled ? t("kit.disabled") : `${location.origin}/p/${slug}`}</p>
            </div>
            ${disabled ? nothing : open(slug)}
          </li>`,
        )}
      </ul>
      <p>${t("start.open_why")}</p>
      <h3>${t("start.next")}</h3>
      <ul class="next">
        ${NEXT.map(([place, text, why]) => html`<li><a href="#/admin/${place}">${t(text)}</a><p>${t(why)}</p></li>`)}
      </ul>`;
  }

  #steps(): Step[] {
    const { admin } = this;
    const { company } = admin;
    const portal = admin.book("portal").items.find(({ disabled }) => !disabled);
    const people = admin.book("technician").items.filter((one) => company && one.companies.includes(company.id) && !one.disabled);
    const me = admin.desk.me.id;
    return [
      { name: "company", done: company !== null, possible: true, action: link("companies/new", "company.add") },
      { name: "portal", done: portal !== undefined, possible: company !== null, action: link("portals/new", "portal.add") },
      {
        name: "access",
        done: people.length > 0,
        possible: company !== null,
        action: html`${people.some(({ id }) => id === me)
            ? nothing
            : html`<button class="primary" @click=${() => void this.#giveMyself()}>${t("start.give_myself")}</button>`}
          ${link("technicians/new", "technician.add", false)}`,
      },
      {
        name: "open",
        done: portal !== undefined && people.length > 0,
        possible: portal !== undefined,
        action: open(portal?.slug ?? ""),
      },
    ];
  }

  #step({ name, done, possible, action }: Step, number: number) {
    return html`<li class=${done ? "done" : possible ? "" : "later"}>
      ${done ? html`<dw-icon name="verified"></dw-icon>` : html`<span class="number" aria-hidden="true">${number}</span>`}
      <div>
        <h3>${t(`start.${name}`)}${done ? html`<span class="unseen"> ${t("start.done")}</span>` : nothing}</h3>
        <p>${t(`start.${name}_why`)}</p>
        ${possible && (!done || name === "open") ? html`<div class="buttons">${action}</div>` : nothing}
      </div>
    </li>`;
  }

  /** Whoever sets a desk up alone answers there, too. */
  async #giveMyself(): Promise<void> {
    const { admin } = this;
    const { company } = admin;
    const me = admin.book("technician").get(admin.desk.me.id);
    if (!me || !company) return;
    await admin.attempt(async () => {
      await change("technician", me.id, me.version, { ...draftOf("technician", me), companies: [...me.companies, company.id] });
    });
    await admin.book("technician").look();
  }
}

function open(slug: string): TemplateResult {
  return html`<a class="button" href="/p/${slug}" target="_blank" rel="noopener">${t("start.open_portal")}</a>`;
}

function link(place: string, text: Key, primary = true): TemplateResult {
  return html`<a class="button ${primary ? "primary" : ""}" href="#/admin/${place}">${t(text)}</a>`;
}

customElements.define("dw-admin-start", AdminStart);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-start": AdminStart;
  }
}
