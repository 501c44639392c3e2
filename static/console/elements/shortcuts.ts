/** `<dw-shortcuts open>`: every key of the console, from the table that the page obeys. */
import { LitElement, css, html } from "lit";
import { Texts, t } from "../../shared/i18n.ts";
import { controls } from "../../shared/styles.ts";
import "../../shared/dialog.ts";
import { SHORTCUTS, type Shortcut } from "../model/keymap.ts";

const GROUPS: readonly Shortcut["group"][] = ["move", "ticket", "write"];
const FACES: Readonly<Record<string, string>> = { ArrowDown: "↓", ArrowUp: "↑", Enter: "⏎", Escape: "Esc" };

export class Shortcuts extends LitElement {
  static override properties = { open: { type: Boolean } };
  declare open: boolean;

  static override styles = [
    controls,
    css`
      .groups {
        display: grid;
        gap: 12px;
      }
      h3 {
        margin-bottom: 4px;
        color: var(--text-faint);
        font-size: var(--size-12);
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: 84px 1fr;
        gap: 4px 12px;
        font-size: var(--size-13);
      }
      kbd {
        display: inline-block;
        min-width: 22px;
        padding: 0 5px;
        border: 1px solid var(--line);
        border-bottom-width: 2px;
        border-radius: 4px;
        background: var(--ground);
        font: var(--size-12) / 18px var(--font);
        text-align: center;
      }
    `,
  ];

  constructor() {
    super();
    new Texts(this);
    this.open = false;
  }

  override render() {
    return html`<dw-dialog heading=${t("keys.heading")} ?open=${this.open} @close=${() => (this.open = false)}>
      <div class="groups">${GROUPS.map((group) => this.#group(group))}</div>
      <button slot="actions" @click=${() => (this.open = false)}>${t("dialog.close")}</button>
    </dw-dialog>`;
  }

  #group(group: Shortcut["group"]) {
    const entries = SHORTCUTS.filter((shortcut) => shortcut.group === group);
    return html`<section>
      <h3>${t(`keys.${group}`)}</h3>
      <dl>
        ${entries.map(
          ({ action, keys }) => html`<dt>${keys.map((key) => html`<kbd>${FACES[key] ?? key.toUpperCase()}</kbd> `)}</dt>
            <dd>${t(`key.${action}`)}</dd>`,
        )}
      </dl>
    </section>`;
  }
}

customElements.define("dw-shortcuts", Shortcuts);

declare global {
  interface HTMLElementTagNameMap {
    "dw-shortcuts": Shortcuts;
  }
}
