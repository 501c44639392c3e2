/** What all sections share: the company that is set up, the books of nouns, and drafts, which survive going elsewhere. */
import type { AdministrationCompany, SetupChanged } from "../../../shared/protocol.d.ts";
import { language } from "../../../shared/i18n.ts";
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { recall, remember } from "../../../shared/storage.ts";
import type { Desk } from "../../desk/desk.ts";
import { Store } from "../../desk/store.ts";
import { Book } from "./book.ts";
import { Editor } from "./editor.ts";
import { fetchOne, ofCompany, type Draft, type NounName } from "./nouns.ts";
import { refusedText } from "./refused.ts";

const COMPANY_KEY = "console.admin.company";
export const NEW = "new";

export interface Once {
  readonly heading: string;
  readonly lead: string;
  readonly secret: string;
}

export class Admin extends Store {
  readonly desk: Desk;
  /** A password or a link that is on the screen, and will be nowhere afterwards. */
  once: Once | null = null;
  /** What is new here was begun in the overview, which goes on with the next step afterwards. */
  guided = false;
  /** Which language of texts is written now. */
  lang: string = language();

  readonly #books = new Map<string, Book<NounName>>();
  readonly #sought = new Set<string>();
  readonly #editors = new Map<string, Editor<NounName>>();
  #company = recall(COMPANY_KEY);
  #attempting = false;

  constructor(desk: Desk) {
    super();
    this.desk = desk;
    this.book("company");
  }

  /** Hears of changes until the returned function is called. */
  start(): () => void {
    return this.desk.setup.listen((changed) => this.#hear(changed));
  }

  // --- the company -----------------------------------------------------------------------------------------------------

  get companies(): readonly AdministrationCompany[] {
    return this.book("company").items;
  }

  /** The one that is set up; null while there is none. */
  get company(): AdministrationCompany | null {
    return this.companies.find(({ id }) => id === this.#company) ?? this.companies[0] ?? null;
  }

  chooseCompany(id: string): void {
    this.#company = id;
    remember(COMPANY_KEY, id);
    this.changed();
  }

  showOnce(once: Once | null): void {
    this.once = once;
    this.changed();
  }

  write(lang: string): void {
    this.lang = lang;
    this.changed();
  }

  /** What is done at once, one at a time: a second press is none. What is refused is said. */
  async attempt(action: () => Promise<void>): Promise<void> {
    if (this.#attempting) return;
    this.#attempting = true;
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.desk.toasts.say(refusedText(error), { tone: "warning" });
    } finally {
      this.#attempting = false;
    }
  }

  // --- books and drafts ------------------------------------------------------------------------------------------------

  /** Of the company that is set up. Whoever asks for a book sees it, and what becomes of it. */
  book<N extends NounName>(noun: N): Book<N> {
    const company = ofCompany(noun) ? (this.company?.id ?? null) : null;
    const key = `${noun}/${company ?? ""}`;
    const known = this.#books.get(key);
    if (known) return known as unknown as Book<N>;
    const book = new Book(noun, company);
    this.#books.set(key, book as unknown as Book<NounName>);
    book.listen(() => this.#compare(book as unknown as Book<NounName>, noun, company));
    // a noun of a company has nothing to show while there is no company
    if (!ofCompany(noun) || company) void book.look();
    return book;
  }

  /** What is being changed; undefined: nothing yet. */
  editor<N extends NounName>(noun: N, id: string): Editor<N> | undefined {
    return this.#editors.get(this.#place(noun, id)) as Editor<N> | undefined;
  }

  edit<N extends NounName>(noun: N, id: string, fresh: () => Draft<N> | null): Editor<N> | null {
    const open = this.editor(noun, id);
    if (open) return open;
    const book = this.book(noun);
    const item = book.get(id) ?? null;
    if (!item && id !== NEW && book.known) void this.#seek(noun, id);
    const draft = id === NEW ? fresh() : null;
    if (!item && !draft) return null;
    if (item) book.keep(item);
    const editor = new Editor<N>(noun, item, draft);
    editor.listen(() => this.changed());
    this.#editors.set(this.#place(noun, id), editor as unknown as Editor<NounName>);
    return editor;
  }

  /** An address may name something that is not on a page, or of another company: then that one is set up from now on. */
  async #seek(noun: NounName, id: string): Promise<void> {
    if (this.#sought.has(id)) return;
    this.#sought.add(id);
    try {
      const item = await fetchOne(noun, id);
      const company = companyOf(item);
      if (typeof company === "string" && company !== this.company?.id) this.chooseCompany(company);
      this.book(noun).keep(item);
      this.changed();
    } catch (error) {
      // who comes here by the address of something that is gone reads that it is gone
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }

  /** What was new has been added: from now on it is this thing. */
  moved(editor: Editor<NounName>, id: string): void {
    this.#forget(editor);
    this.#editors.set(this.#place(editor.noun, id), editor);
  }

  close(editor: Editor<NounName>): void {
    this.#forget(editor);
    this.changed();
  }

  #forget(editor: Editor<NounName>): void {
    for (const [place, one] of this.#editors) if (one === editor) this.#editors.delete(place);
  }

  /** Whether there is something that has not been saved. */
  get dirty(): boolean {
    return [...this.#editors.values()].some((editor) => editor.dirty);
  }

  /** New things are of the company in which somebody has begun them. */
  #place(noun: NounName, id: string): string {
    return `${noun}/${id === NEW && ofCompany(noun) ? `${this.company?.id}/` : ""}${id}`;
  }

  #hear(changed: SetupChanged | null): void {
    for (const [key, book] of this.#books) {
      if (changed === null || key.startsWith(`${changed.noun}/`)) void book.look();
    }
  }

  #compare(book: Book<NounName>, noun: NounName, company: string | null): void {
    if (book.known) {
      for (const editor of this.#editors.values()) {
        const { item } = editor;
        if (editor.noun !== noun || item === null) continue;
        if (!company || company === companyOf(item)) editor.hear(book.get(item.id));
      }
    }
    this.changed();
  }
}

function companyOf(item: object): unknown {
  return "company" in item ? item.company : null;
}
