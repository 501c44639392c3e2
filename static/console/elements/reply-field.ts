/**
 * `<dw-reply-field>`: the composer as a technician has it: also for notes, and with the choice of what Enter does. Fires
 * `canned` when a slash is typed on an empty line.
 */
import { css, type PropertyDeclarations } from "lit";
import { Composer } from "../../shared/composer.ts";
import { emit } from "../../shared/emit.ts";

export class ReplyField extends Composer {
  static override properties: PropertyDeclarations = { note: { type: Boolean, reflect: true }, enterSends: { attribute: false } };
  /** The amber look of what only the team sees. */
  declare note: boolean;
  /** false: Enter breaks the line, Shift+Enter (or Ctrl+Enter) sends. */
  declare enterSends: boolean;

  static override styles = [
    Composer.styles,
    css`
      :host([note]) .field {
        border-color: var(--warning);
        background: var(--warning-tint);
      }
    `,
  ];

  constructor() {
    super();
    this.note = false;
    this.enterSends = true;
    this.addEventListener("keydown", (event) => this.#slash(event));
  }

  /** Puts a text where the cursor is, to be read and changed. */
  insert(text: string): void {
    const { area } = this;
    if (!area) return;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    this.draft = area.value;
    emit(this, "draft", this.draft);
    this.focus();
  }

  #slash(event: KeyboardEvent): void {
    const { area } = this;
    if (event.key !== "/" || event.isComposing || this.note || !area || event.composedPath()[0] !== area) return;
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    if (!/(^|\n)$/.test(before) || !/^(\n|$)/.test(after)) return;
    event.preventDefault();
    emit(this, "canned");
  }

  override updated(changed: Map<string, unknown>): void {
    super.updated(changed);
    if (this.area) this.area.enterKeyHint = this.enterSends ? "send" : "enter";
  }

  protected override sends(event: KeyboardEvent): boolean {
    return this.enterSends ? super.sends(event) : event.shiftKey || event.ctrlKey || event.metaKey;
  }
}

customElements.define("dw-reply-field", ReplyField);

declare global {
  interface HTMLElementTagNameMap {
    "dw-reply-field": ReplyField;
  }
}
