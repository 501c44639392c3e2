/** `<dw-admin-frame>`: a section as a list beside the thing that is open; on a small screen one of the two. */
import { LitElement, html, nothing } from "lit";
import "../../../shared/dialog.ts";
import { emit } from "../../../shared/emit.ts";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { covers } from "../model/draft.ts";
import { fits, moved } from "../model/rows.ts";
import { t, texts } from "../texts.ts";
import { NEW, type Admin } from "./admin.ts";
import type { Editor } from "./editor.ts";
import { fieldStyles } from "./fields.css.ts";
import { languages } from "./fields.ts";
import { frameStyles } from "./frame.css.ts";
import type { Item, NounName } from "./nouns.ts";
import type { AnySection, Page } from "./section.ts";

type AnyItem = Item<NounName>;

/** With fewer rows nobody needs to search. */
const SEARCHED_FROM = 9;

export class AdminFrame extends LitElement {
  static override properties = {
    admin: { attribute: false },
    section: { attribute: false },
    name: {},
    item: {},
    page: {},
    query: { state: true },
    removing: { state: true },
    dragged: { state: true },
  };
  declare admin: Admin;
  declare section: AnySection;
  /** Of the section, in addresses. */
  declare name: string;
  declare item: string | null;
  declare page: string | null;
  declare private query: string;
  declare private removing: boolean;
  declare private dragged: string | null;

  static override styles = [controls, frameStyles, fieldStyles];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
    this.item = null;
    this.page = null;
    this.query = "";
    this.removing = false;
    this.dragged = null;
  }

  override updated(changed: Map<string, unknown>): void {
    if (!changed.has("item") && !changed.has("name")) return;
    if (this.item === NEW) this.renderRoot.querySelector<HTMLElement>(".fields input, .fields select, .fields textarea")?.focus();
  }

  override render() {
    const editor = this.item === null ? null : this.#editor(this.item);
    return html`<section class="rows" aria-label=${t(`${this.section.noun}.many`)} ?data-behind=${this.item !== null}>${this.#rows()}</section>
      <section class="thing" aria-label=${t("kit.settings")} ?data-behind=${this.item === null}>
        ${editor ? this.#thing(editor) : this.#nothing()}
      </section>`;
  }

  #editor(id: string): Editor<NounName> | null {
    return this.admin.edit(this.section.noun, id, () => this.section.blank(this.admin));
  }

  #href(item?: string, page?: string): string {
    return ["#/admin", this.name, ...(item ? [item] : []), ...(page ? [page] : [])].join("/");
  }

  // --- the list --------------------------------------------------------------------------------------------------------

  #rows() {
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

  // --- the thing -------------------------------------------------------------------------------------------------------

  #nothing() {
    const { section, admin, item } = this;
    const known = admin.book(section.noun).known;
    if (item && item !== NEW && known) return html`<p class="lead">${t("kit.gone")}</p>`;
    const possible = section.blank(admin) !== null;
    return html`<div class="what">
      <h2>${t(`${section.noun}.many`)}</h2>
      <p class="lead">${t(`${section.noun}.lead`)}</p>
      ${possible ? html`<a class="button" href=${this.#href(NEW)}><dw-icon name="plus"></dw-icon>${t(`${section.noun}.add`)}</a>` : nothing}
    </div>`;
  }

  #thing(editor: Editor<NounName>) {
    const { section, admin } = this;
    const isNew = editor.item === null;
    const pages = section.pages.filter((page) => !isNew || !page.later);
    const page = pages.find(({ name }) => name === this.page) ?? pages[0];
    const name = section.called(editor.draft, admin) || t(`${section.noun}.new`);
    return html`<header class="title">
        <a class="button bare icon back" href=${this.#href()} aria-label=${t("kit.back")}><dw-icon name="back"></dw-icon></a>
        <h2>${isNew ? t(`${section.noun}.new`) : name}</h2>
        <span class="soft" role="status">${editor.saved ? t("kit.saved") : ""}</span>
        ${section.beside?.(editor, admin) ?? nothing}
      </header>
      ${pages.length > 1 ? this.#tabs(editor, pages, page) : nothing}
      <form class="scroll" novalidate @submit=${(event: Event) => void this.#submit(event, editor)} @keydown=${(event: KeyboardEvent) => this.#keys(event, editor)}>
        <div class="fields">
          ${page?.texts ? languages(admin) : nothing} ${page?.render(editor, admin)}
          ${!isNew && page === pages[0] ? this.#remove(editor, name) : nothing}
        </div>
      </form>
      ${this.#bar(editor)}`;
  }

  #tabs(editor: Editor<NounName>, pages: readonly Page<NounName>[], now: Page<NounName> | undefined) {
    const troubled = (page: Page<NounName>): boolean =>
      [editor.wrong, ...editor.clashes].some((path) => path !== null && page.fields.some((field) => covers(field, path)));
    const go = (event: Event): void => emit(this, "admin-go", [this.name, this.item ?? NEW, (event.target as HTMLSelectElement).value]);
    return html`<select class="pages" aria-label=${t("kit.settings")} @change=${go}>
        ${pages.map((page) => html`<option value=${page.name} .selected=${page === now}>${t(page.heading)}${troubled(page) ? " !" : ""}</option>`)}
      </select>
      <nav class="tabs" aria-label=${t("kit.settings")}>
      ${pages.map(
        (page) => html`<a href=${this.#href(this.item ?? NEW, page.name)} aria-current=${page === now ? "page" : nothing}
          >${t(page.heading)}${troubled(page) ? html` <span class="needed" title=${t("kit.look_here")}>!<span class="unseen">${t("kit.look_here")}</span></span>` : nothing}</a
        >`,
      )}
    </nav>`;
  }

  #bar(editor: Editor<NounName>) {
    const isNew = editor.item === null;
    if (!isNew && !editor.dirty && !editor.failure && !editor.gone) return nothing;
    return html`<footer class="bar">
      <p class=${editor.failure || editor.gone ? "wrong" : "soft"} role="alert">${this.#standing(editor)}</p>
      <button type="button" class="bare" @click=${() => this.#discard(editor)}>${t(isNew ? "kit.cancel" : "kit.discard")}</button>
      <button type="button" class="primary" ?disabled=${editor.busy || editor.gone} @click=${() => void this.#save(editor)}>
        ${t(isNew ? "kit.add" : "kit.save")}
      </button>
    </footer>`;
  }

  #standing(editor: Editor<NounName>): string {
    if (editor.gone) return t("kit.gone_meanwhile");
    if (editor.clashes.length > 0) return t("kit.clashes", { n: editor.clashes.length });
    return editor.failure || (editor.item === null ? "" : t("kit.unsaved"));
  }

  #remove(editor: Editor<NounName>, name: string) {
    return html`<div class="removal">
      <button type="button" class="bare quiet" @click=${() => (this.removing = true)}>${t(`${this.section.noun}.remove`)}</button>
      <dw-dialog heading=${t("kit.remove_heading", { name })} ?open=${this.removing} @close=${() => (this.removing = false)}>
        <p>${t(`${this.section.noun}.remove_lead`)}</p>
        <button slot="actions" type="button" @click=${() => (this.removing = false)}>${t("kit.cancel")}</button>
        <button slot="actions" type="button" class="danger" @click=${() => void this.#away(editor)}>${t("kit.remove")}</button>
      </dw-dialog>
    </div>`;
  }

  // --- what is done ----------------------------------------------------------------------------------------------------

  #keys(event: KeyboardEvent, editor: Editor<NounName>): void {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (editor.dirty) void this.#save(editor);
  }

  async #submit(event: Event, editor: Editor<NounName>): Promise<void> {
    event.preventDefault();
    await this.#save(editor);
  }

  async #save(editor: Editor<NounName>): Promise<void> {
    const { noun } = this.section;
    const isNew = editor.item === null;
    const saved = await editor.save();
    if (!saved) return this.#showWrong(editor);
    const book = this.admin.book(noun);
    await book.look();
    if (isNew) {
      this.admin.moved(editor, saved.id);
      emit(this, "admin-go", [this.name, saved.id]);
    }
    this.section.saved?.(saved, this.admin);
  }

  /** The page on which the refused field stands. */
  #showWrong({ wrong }: Editor<NounName>): void {
    const page = this.section.pages.find(({ fields }) => wrong !== null && fields.some((field) => covers(field, wrong)));
    if (page && this.item) emit(this, "admin-go", [this.name, this.item, page.name]);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  #discard(editor: Editor<NounName>): void {
    editor.discard();
    if (editor.item !== null && !editor.gone) return;
    this.admin.close(this.section.noun, this.item ?? NEW);
    emit(this, "admin-go", [this.name]);
  }

  async #away(editor: Editor<NounName>): Promise<void> {
    this.removing = false;
    if (!(await editor.remove())) return;
    this.admin.close(this.section.noun, this.item ?? NEW);
    await this.admin.book(this.section.noun).look();
    emit(this, "admin-go", [this.name]);
  }
}

customElements.define("dw-admin-frame", AdminFrame);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-frame": AdminFrame;
  }
}
