/** `<dw-admin-frame>`: a section as a list beside the thing that is open; on a small screen one of the two. */
import { LitElement, html, nothing } from "lit";
import "../../../shared/dialog.ts";
import { emit } from "../../../shared/emit.ts";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { covers } from "../model/draft.ts";
import { t, texts } from "../texts.ts";
import { NEW, type Admin } from "./admin.ts";
import type { Editor } from "./editor.ts";
import { fieldStyles } from "./fields.css.ts";
import { languages } from "./fields.ts";
import { frameStyles } from "./frame.css.ts";
import type { NounName } from "./nouns.ts";
import { partStyles } from "./parts.css.ts";
import "./rows.ts";
import type { AnySection, Page } from "./section.ts";

export class AdminFrame extends LitElement {
  static override properties = {
    admin: { attribute: false },
    section: { attribute: false },
    name: {},
    item: {},
    page: {},
    removing: { state: true },
  };
  declare admin: Admin;
  declare section: AnySection;
  /** Of the section, in addresses. */
  declare name: string;
  declare item: string | null;
  declare page: string | null;
  declare private removing: boolean;

  static override styles = [controls, frameStyles, fieldStyles, partStyles];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin]);
    this.item = null;
    this.page = null;
    this.removing = false;
  }

  /** The field that was refused may stand on another page than the one that was seen. */
  #seeking = false;

  override updated(changed: Map<string, unknown>): void {
    if (this.#seeking) this.#focusWrong();
    if (!changed.has("item") && !changed.has("name")) return;
    if (this.item === NEW) this.#focus(".fields input, .fields select, .fields textarea");
    // on a small screen the list, and the link that had the focus, are gone
    else if (this.item && !this.renderRoot.querySelector(".rows")?.checkVisibility()) this.#focus(".title h2");
  }

  #focus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  #focusWrong(): void {
    const wrong = this.renderRoot.querySelector<HTMLElement>(".fields [aria-invalid=true]");
    if (wrong) this.#seeking = false;
    wrong?.focus();
  }

  override render() {
    const editor = this.item === null ? null : this.#editor(this.item);
    return html`<section class="rows" aria-label=${t(`${this.section.noun}.many`)} ?data-behind=${this.item !== null}>
        <dw-admin-rows .admin=${this.admin} .section=${this.section} .name=${this.name} .item=${this.item}></dw-admin-rows>
      </section>
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
        <h2 tabindex="-1">${isNew ? t(`${section.noun}.new`) : name}</h2>
        <span class="soft" role="status">${editor.saved ? t("kit.saved") : ""}</span>
        ${section.beside?.(editor, admin) ?? nothing}
      </header>
      ${pages.length > 1 ? this.#tabs(editor, pages, page) : nothing}
      <form class="scroll" novalidate @submit=${(event: Event) => void this.#submit(event, editor)} @keydown=${(event: KeyboardEvent) => this.#keys(event, editor)}>
        <div class="fields">
          ${page?.texts ? languages(admin) : nothing} ${page?.render(editor, admin)}
          ${!isNew && page === pages[0] ? this.#remove(editor, name) : nothing}
          <button class="unseen" tabindex="-1" aria-hidden="true"></button>
        </div>
        ${page?.aside ? html`<div class="aside">${page.aside(editor, admin)}</div>` : nothing}
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
    void this.#save(editor);
  }

  async #submit(event: Event, editor: Editor<NounName>): Promise<void> {
    event.preventDefault();
    await this.#save(editor);
  }

  async #save(editor: Editor<NounName>): Promise<void> {
    const { noun } = this.section;
    const isNew = editor.item === null;
    if (editor.busy || (!isNew && !editor.dirty)) return;
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
    if (!page || !this.item) return;
    this.#seeking = true;
    emit(this, "admin-go", [this.name, this.item, page.name]);
    void this.updateComplete.then(() => this.#seeking && this.#focusWrong());
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
