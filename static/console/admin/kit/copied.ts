/** `<dw-admin-copied text>`: words to take along, with a button that copies them. */
import { LitElement, css, html } from "lit";
import { controls } from "../../../shared/styles.ts";
import { t, texts } from "../texts.ts";

export class AdminCopied extends LitElement {
  static override properties = { text: {}, copied: { state: true } };
  declare text: string;
  declare private copied: boolean;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        justify-items: start;
        gap: 8px;
      }
      pre {
        width: 100%;
        margin: 0;
        padding: 10px 12px;
        border-radius: var(--radius-control);
        background: var(--sunken);
        font: var(--size-13) / var(--leading) var(--font-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  constructor() {
    super();
    texts.follow(this);
    this.text = "";
    this.copied = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("text")) this.copied = false;
  }

  override render() {
    return html`<pre>${this.text}</pre>
      <button type="button" @click=${() => void this.#copy()}><dw-icon name="copy"></dw-icon>${t(this.copied ? "once.copied" : "once.copy")}</button>`;
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.text);
    this.copied = true;
  }
}

customElements.define("dw-admin-copied", AdminCopied);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-copied": AdminCopied;
  }
}
