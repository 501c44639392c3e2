/** `<dw-admin-rows>`: the list of a section: filtered, in groups, and where it has an order, put into it by hand or keys. */
import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { fits, moved } from "../model/rows.ts";
import { t, texts } from "../texts.ts";
import { NEW, type Admin } from "./admin.ts";
import type { Book } from "./book.ts";
import { headStyles } from "./head.css.ts";
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
    over: { state: true },
    said: { state: true },
  };
  declare admin: Admin;
  declare section: AnySection;
  /** Of the section, in addresses. */
  declare name: string;
  /** What is open. */
  declare item: string | null;
  declare private query: string;
  /** The row that is being dragged, and the one that it would take the place of. */
  declare private dragged: string | null;
  declare private over: string | null;
  /** Where a row has got to, for those who do not see it. */
  declare private said: string;

  static override styles = [controls, headStyles, rowsStyles];

  /** One after the other: each begins with the order that the one before has left. */
  #moves: Promise<void> = Promise.resolve();

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
    this.item = null;
    this.query = "";
    this.dragged = null;
    this.over = null;
    this.said = "";
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("name")) return;
    this.said = "";
    this.query = this.admin.book(this.section.noun).query;
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
      ${book.items.length >= SEARCHED_FROM || this.query !== ""
        ? html`<input
            class="filter"
            type="search"
            aria-label=${t("kit.filter")}
            placeholder=${t("kit.filter")}
            .value=${this.query}
            @input=${(event: Event) => book.seek((this.query = (event.target as HTMLInputElement).value))}
          />`
        : nothing}
      ${book.failure
        ? html`<p class="wrong" role="alert">${book.failure} <button class="link" @click=${() => void book.look()}>${t("kit.again")}</button></p>`
        : nothing}
      <div class="scroll">
        ${book.known && book.items.length === 0 && this.query === "" ? this.#empty() : this.#groups(book)}
        ${book.more ? html`<button class="more" @click=${() => void book.further()}>${t("kit.more")}</button>` : nothing}
      </div>
      <p class="unseen" role="status">${this.said}</p>`;
  }

  #empty() {
    return html`<p class="empty">${t(`${this.section.noun}.empty`)}</p>`;
  }

  #groups({ items, known, paged }: Book<NounName>) {
    const { section, admin } = this;
    const shown = paged ? items : items.filter((item) => fits(this.query, [section.called(item, admin), section.about(item, admin)]));
    if (known && shown.length === 0) return html`<p class="empty">${t("kit.nothing_found")}</p>`;
    const groups = new Set(shown.map((item) => this.#groupOf(item)));
    return [...groups].map((name) => this.#group(name, shown.filter((item) => this.#groupOf(item) === name)));
  }

  #group(name: string, members: readonly AnyItem[]) {
    return html`${name ? html`<h3>${name}</h3>` : nothing}
      <ul aria-label=${name || t(`${this.section.noun}.many`)}>
        ${repeat(members, ({ id }) => id, (item, place) => this.#row(item, members, place))}
      </ul>`;
  }

  #groupOf(item: AnyItem): string {
    return this.section.group?.(item, this.admin) ?? "";
  }

  #row(item: AnyItem, among: readonly AnyItem[], place: number) {
    const { section, admin } = this;
    const aside = section.aside?.(item) ?? null;
    const about = section.about(item, admin);
    const ordered = section.reorder !== undefined && this.query === "";
    const current = this.item === item.id;
    const from = among.findIndex(({ id }) => id === this.dragged);
    return html`<li
      data-id=${item.id}
      class=${[aside ? "aside" : "", this.#dragLook(item.id, from, place)].join(" ")}
      draggable=${ordered}
      @dragstart=${() => (this.dragged = item.id)}
      @dragend=${() => (this.dragged = this.over = null)}
      @dragover=${(event: DragEvent) => from >= 0 && this.#hover(event, item.id)}
      @drop=${(event: DragEvent) => from >= 0 && this.#drop(event, place - from)}
    >
      <a href=${this.#href(item.id)} aria-current=${current ? "true" : nothing}>
        <span class="called">${section.called(item, admin)}</span>
        ${aside ? html`<span class="chip">${t(aside)}</span>` : nothing}
        ${admin.editor(section.noun, item.id)?.dirty ? html`<span class="unsaved" title=${t("kit.unsaved")}><span class="unseen">${t("kit.unsaved")}</span></span>` : nothing}
        ${about ? html`<span class="about">${about}</span>` : nothing}
      </a>
      ${ordered
        ? html`<span class="order">
            ${this.#mover("up", place > 0, item)} ${this.#mover("down", place < among.length - 1, item)}
          </span>`
        : nothing}
    </li>`;
  }

  #mover(icon: "up" | "down", possible: boolean, item: AnyItem) {
    const label = t(`kit.move_${icon}`, { name: this.section.called(item, this.admin) });
    const move = (): void => void this.#move(item.id, icon === "up" ? -1 : 1).then(() => this.#focusMover(item.id, icon));
    return html`<button class="bare icon ${icon}" aria-label=${label} title=${label} ?disabled=${!possible} @click=${move}>
      <dw-icon name=${icon}></dw-icon>
    </button>`;
  }

  /** Keys move a row as far as one likes: the button goes with it, and at the end the other one is left. */
  #focusMover(id: string, icon: "up" | "down"): void {
    const buttons = [icon, "up", "down"].map((one) => this.renderRoot.querySelector<HTMLButtonElement>(`[data-id="${id}"] .${one}`));
    buttons.find((button) => button?.disabled === false)?.focus();
  }

  // --- dragging --------------------------------------------------------------------------------------------------------

  /** A line shows where the row would come to stand. */
  #dragLook(id: string, from: number, place: number): string {
    if (id === this.dragged) return "dragged";
    if (id !== this.over || from < 0) return "";
    return place < from ? "before" : "after";
  }

  #hover(event: DragEvent, id: string): void {
    event.preventDefault();
    this.over = id;
  }

  #drop(event: DragEvent, by: number): void {
    event.preventDefault();
    const { dragged } = this;
    this.dragged = this.over = null;
    if (dragged) void this.#move(dragged, by);
  }

  // --- another order ---------------------------------------------------------------------------------------------------

  #move(id: string, by: number): Promise<void> {
    this.#moves = this.#moves.then(() => this.#moved(id, by));
    return this.#moves;
  }

  /** Up or down among those of its group, as they stand when the moves before are done. */
  async #moved(id: string, by: number): Promise<void> {
    const { section, admin } = this;
    const item = admin.book(section.noun).get(id);
    if (!item) return;
    const among = admin.book(section.noun).items.filter((other) => this.#groupOf(other) === this.#groupOf(item));
    const from = among.indexOf(item);
    const to = Math.max(0, Math.min(among.length - 1, from + by));
    if (to === from) return;
    await section.reorder?.(moved(among, from, to), admin);
    this.said = t("kit.moved", { name: section.called(item, admin), place: to + 1, n: among.length });
    await this.updateComplete;
  }
}

customElements.define("dw-admin-rows", AdminRows);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-rows": AdminRows;
  }
}
