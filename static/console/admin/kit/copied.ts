/** `<dw-admin-copied text>`: words to take along, with a button that copies them. */
import { LitElement, css, html } from "lit";
import { controls } from "../../../shared/styles.ts";
import { t, texts } from "../texts.ts";

export class AdminCopied extends LitElement {
  static override properties = { text: {}, done: { state: true } };
  declare text: string;
  /** What has become of it; by hand: plain HTTP has no clipboard. */
  declare private done: "copied" | "by_hand" | null;

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
      .by-hand {
        color: var(--text-soft);
        font-size: var(--size-13);
      }
      .by-hand:empty {
        display: none;
      }
    `,
  ];

  constructor() {
    super();
    texts.follow(this);
    this.text = "";
    this.done = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("text")) this.done = null;
  }

  override render() {
    return html`<pre>${this.text}</pre>
      <button type="button" @click=${() => void this.#copy()}>
        <dw-icon name=${this.done === "copied" ? "check" : "copy"}></dw-icon>
        <span role="status">${t(this.done === "copied" ? "once.copied" : "once.copy")}</span>
      </button>
      <p class="by-hand" role="status">${this.done === "by_hand" ? t("once.by_hand") : ""}</p>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.done = "copied";
    } catch {
      this.done = "by_hand";
      const words = this.renderRoot.querySelector("pre");
      if (words) getSelection()?.selectAllChildren(words);
    }
  }
}

customElements.define("dw-admin-copied", AdminCopied);

declare global {
  interface HTMLElementTagNameMap {
    "dw-admin-copied": AdminCopied;
  }
}
