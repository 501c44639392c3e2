/** `<dw-reply-field>`: the composer as a technician has it: also for notes, and with the choice of what Enter does. */
import { css, type PropertyDeclarations } from "lit";
import { Composer } from "../../shared/composer.ts";

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
