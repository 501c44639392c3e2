/** `<dw-admin-rows>`: the list of a section: filtered, in groups, and where it has an order, put into it by hand or keys. */
import { LitElement, html, nothing } from "lit";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { fits, moved } from "../model/rows.ts";
import { t, texts } from "../texts.ts";
import { NEW, type Admin } from "./admin.ts";
import type { Item, NounName } from "./nouns.ts";
import { rowsStyles } from "./rows.css.ts";
import type { AnySection } from "./section.ts";

type AnyItem = Item<NounName>;

/** With fewer rows nobody needs to search. */
const SEARCHED_FROM = 9;

export class AdminRows extends LitElement {
  static override properties = {
    admin: { attribute: false },
    section: { attribute: false },
    name: {},
    item: {},
    query: { state: true },
    dragged: { state: true },
  };
  declare admin: Admin;
  declare section: AnySection;
  /** Of the section, in addresses. */
  declare name: string;
  /** What is open. */
  declare item: string | null;
  declare private query: string;
  declare private dragged: string | null;

  static override styles = [controls, rowsStyles];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
    this.item = null;
    this.query = "";
    this.dragged = null;
  }

  #href(item: string): string {
    return `#/admin/${this.name}/${item}`;
  }

  override render() {
    const { section, admin } = this;
    const book = admin.book(section.noun);
    const possible = section.blank(admin) !== null;
    return html`<header>
        <a class="button bare icon back" href="#/admin" aria-label=${t("kit.back")}><dw-icon name="back"></dw-icon></a>
        <h2>${t(`${section.noun}.many`)}</h2>
        ${possible
          ? html`<a class="button add" href=${this.#href(NEW)}><dw-icon name="plus"></dw-icon>${t("kit.add")}</a>`
          : nothing}
      </header>
      ${section.above?.(admin) ?? nothing}
      ${book.items.length >= SEARCHED_FROM
        ? html`<input
            class="filter"
            type="search"
            aria-label=${t("kit.filter")}
            placeholder=${t("kit.filter")}
            .value=${this.query}
            @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
          />`
        : nothing}
      ${book.failure
        ? html`<p class="wrong" role="alert">${book.failure} <button class="link" @click=${() => void book.look()}>${t("kit.again")}</button></p>`
        : nothing}
      <div class="scroll">${book.known && book.items.length === 0 ? this.#empty() : this.#groups(book.items)}</div>`;
  }

  #empty() {
    return html`<p class="empty">${t(`${this.section.noun}.empty`)}</p>`;
  }

  #groups(items: readonly AnyItem[]) {
    const { section, admin } = this;
    const shown = items.filter((item) => fits(this.query, [section.called(item, admin), section.about(item, admin)]));
    const groups = new Map<string, AnyItem[]>();
    for (const item of shown) {
      const group = section.group?.(item, admin) ?? "";
      groups.set(group, [...(groups.get(group) ?? []), item]);
    }
    return [...groups].map(
      ([name, members]) => html`${name ? html`<h3>${name}</h3>` : nothing}
        <ul aria-label=${name || t(`${section.noun}.many`)}>
          ${members.map((item, place) => this.#row(item, members, place))}
        </ul>`,
    );
  }

  #row(item: AnyItem, among: readonly AnyItem[], place: number) {
    const { section, admin } = this;
    const aside = section.aside?.(item) ?? null;
    const about = section.about(item, admin);
    const ordered = section.reorder !== undefined && this.query === "";
    const current = this.item === item.id;
    return html`<li
      class=${aside ? "aside" : ""}
      draggable=${ordered}
      @dragstart=${() => (this.dragged = item.id)}
      @dragover=${(event: DragEvent) => this.dragged && event.preventDefault()}
      @drop=${(event: DragEvent) => this.#drop(event, among, place)}
    >
      <a href=${this.#href(item.id)} aria-current=${current ? "true" : nothing}>
        <span class="called">${section.called(item, admin)}</span>
        ${aside ? html`<span class="chip">${t(aside)}</span>` : nothing}
        ${admin.editor(section.noun, item.id)?.dirty ? html`<span class="unsaved" title=${t("kit.unsaved")}><span class="unseen">${t("kit.unsaved")}</span></span>` : nothing}
        ${about ? html`<span class="about">${about}</span>` : nothing}
      </a>
      ${ordered
        ? html`<span class="order">
            ${this.#mover("up", place > 0, section.called(item, admin), () => this.#move(among, place, place - 1))}
            ${this.#mover("down", place < among.length - 1, section.called(item, admin), () => this.#move(among, place, place + 1))}
          </span>`
        : nothing}
    </li>`;
  }

  #mover(icon: "up" | "down", possible: boolean, called: string, move: () => void) {
    const label = t(`kit.move_${icon}`, { name: called });
    return html`<button class="bare icon" aria-label=${label} title=${label} ?disabled=${!possible} @click=${move}>
      <dw-icon name=${icon}></dw-icon>
    </button>`;
  }

  #drop(event: DragEvent, among: readonly AnyItem[], to: number): void {
    event.preventDefault();
    const from = among.findIndex(({ id }) => id === this.dragged);
    this.dragged = null;
    if (from >= 0) this.#move(among, from, to);
  }

  #move(among: readonly AnyItem[], from: number, to: number): void {
    void this.section.reorder?.(moved(among, from, to), this.admin);
  }
}

customElements.define("dw-admin-rows", AdminRows);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-rows": AdminRows;
  }
}
