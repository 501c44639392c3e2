/** `<dw-admin-frame>`: a section as a list beside the thing that is open; on a small screen one of the two. */
import { LitElement, html, nothing } from "lit";
import { emit } from "../../../shared/emit.ts";
import { controls } from "../../../shared/styles.ts";
import { Follow } from "../../desk/store.ts";
import { covers } from "../model/draft.ts";
import { t, texts } from "../texts.ts";
import { NEW, type Admin } from "./admin.ts";
import { asked } from "./asked.ts";
import type { Editor } from "./editor.ts";
import { fieldStyles } from "./fields.css.ts";
import { languages } from "./fields.ts";
import { frameStyles } from "./frame.css.ts";
import { headStyles } from "./head.css.ts";
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
  };
  declare admin: Admin;
  declare section: AnySection;
  /** Of the section, in addresses. */
  declare name: string;
  declare item: string | null;
  declare page: string | null;

  static override styles = [controls, headStyles, frameStyles, fieldStyles, partStyles];

  constructor() {
    super();
    texts.follow(this);
    new Follow(this, () => [this.admin, this.admin.desk]);
    this.item = null;
    this.page = null;
  }

  /** The page with the field that was refused, which may be another one than the one that was seen. */
  #seeking: string | null = null;

  override updated(changed: Map<string, unknown>): void {
    this.#focusWrong();
    if (!changed.has("item") && !changed.has("name")) return;
    if (this.item === NEW) this.#focus(".fields input, .fields select, .fields textarea");
    // on a small screen the list, and the link that had the focus, are gone
    else if (this.item && !this.renderRoot.querySelector(".rows")?.checkVisibility()) this.#focus(".title h2");
  }

  #focus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  #focusWrong(): void {
    if (this.#seeking === null || this.#seeking !== this.#open(this.section.pages)?.name) return;
    this.#seeking = null;
    this.#focus(".fields [aria-invalid=true]");
  }

  /** The page that is seen. */
  #open(pages: readonly Page<NounName>[]): Page<NounName> | undefined {
    return pages.find(({ name }) => name === this.page) ?? pages[0];
  }

  override render() {
    const editor = this.item === null ? null : this.#editor(this.item);
    return html`<section class="rows" aria-label=${t(`${this.section.noun}.many`)} ?data-behind=${this.item !== null}>
        <dw-admin-rows .admin=${this.admin} .section=${this.section} .name=${this.name} .item=${this.item}></dw-admin-rows>
      </section>
      <section class="thing" aria-label=${t("kit.settings")} ?data-behind=${this.item === null} @keydown=${(event: KeyboardEvent) => editor && this.#keys(event, editor)}>
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
    const page = this.#open(pages);
    const name = section.called(editor.draft, admin) || t(`${section.noun}.new`);
    return html`<header class="title">
        <a class="button bare icon back" href=${this.#href()} aria-label=${t("kit.back")}><dw-icon name="back"></dw-icon></a>
        <h2 tabindex="-1">${isNew ? t(`${section.noun}.new`) : name}</h2>
        <span class="soft" role="status">${editor.saved ? t("kit.saved") : ""}</span>
        ${section.beside?.(editor, admin) ?? nothing}
      </header>
      ${pages.length > 1 ? this.#tabs(editor, pages, page) : nothing}
      <form class="scroll" novalidate @submit=${(event: Event) => void this.#submit(event, editor)}>
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
      <button type="button" class="bare" @click=${() => this.#discard(editor)}>
        ${t(isNew ? "kit.cancel" : editor.dirty && !editor.gone ? "kit.discard" : "kit.dismiss")}
      </button>
      ${editor.gone || (!isNew && !editor.dirty)
        ? nothing
        : html`<button type="button" class="primary" ?disabled=${editor.busy} @click=${() => void this.#save(editor)}>${t(isNew ? "kit.add" : "kit.save")}</button>`}
    </footer>`;
  }

  #standing(editor: Editor<NounName>): string {
    if (editor.gone) return t("kit.gone_meanwhile");
    if (editor.clashes.length > 0) return t("kit.clashes", { n: editor.clashes.length });
    return editor.failure || (editor.item === null ? "" : t("kit.unsaved"));
  }

  #remove(editor: Editor<NounName>, name: string) {
    const { noun } = this.section;
    return html`<div class="removal">
      ${asked({
        label: t(`${noun}.remove`),
        look: "bare quiet",
        heading: t("kit.remove_heading", { name }),
        lead: t(`${noun}.remove_lead`),
        yes: t("kit.remove"),
        act: () => void this.#away(editor),
      })}
    </div>`;
  }

  // --- what is done ----------------------------------------------------------------------------------------------------

  #keys(event: KeyboardEvent, editor: Editor<NounName>): void {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // a field that tells of a change when it is left tells of it now
    const field = event.target as HTMLElement;
    field.blur();
    field.focus();
    void this.#save(editor);
  }

  async #submit(event: Event, editor: Editor<NounName>): Promise<void> {
    event.preventDefault();
    await this.#save(editor);
  }

  async #save(editor: Editor<NounName>): Promise<void> {
    const { section, admin } = this;
    const here = this.#place();
    const isNew = editor.item === null;
    if (editor.busy || editor.gone || (!isNew && !editor.dirty)) return;
    const saved = await editor.save();
    if (!saved) return here() ? this.#showWrong(editor) : undefined;
    admin.book(section.noun).keep(saved);
    await admin.book(section.noun).look();
    if (isNew) {
      admin.moved(editor, saved.id);
      if (here()) emit(this, "admin-go", admin.guided ? ["start"] : [this.name, saved.id]);
    }
    section.saved?.(saved, admin);
  }

  /** Tells later whether this is still seen: an answer does not take people away from where they have gone meanwhile. */
  #place(): () => boolean {
    const { name, item } = this;
    return () => this.name === name && this.item === item;
  }

  /** The page on which the refused field stands. */
  #showWrong({ wrong }: Editor<NounName>): void {
    const page = this.section.pages.find(({ fields }) => wrong !== null && fields.some((field) => covers(field, wrong)));
    if (!page || !this.item) return;
    this.#seeking = page.name;
    if (page !== this.#open(this.section.pages)) emit(this, "admin-go", [this.name, this.item, page.name]);
    else void this.updateComplete.then(() => this.#focusWrong());
  }

  #discard(editor: Editor<NounName>): void {
    editor.discard();
    if (editor.item !== null && !editor.gone) return;
    this.admin.close(editor);
    emit(this, "admin-go", [this.name]);
  }

  async #away(editor: Editor<NounName>): Promise<void> {
    const { admin } = this;
    const here = this.#place();
    if (!(await editor.remove())) return;
    if (here()) emit(this, "admin-go", [this.name]);
    await admin.book(editor.noun).look();
    admin.close(editor);
  }
}

customElements.define("dw-admin-frame", AdminFrame);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-frame": AdminFrame;
  }
}
