/**
 * `<dw-menu label>`: a button that opens a list of actions (WAI-ARIA menu button: arrows, Home, End, Escape). The button's
 * face is the default slot; the actions are the property `items`.
 */

import { LitElement, css, html, nothing } from "lit";
import { controls } from "./styles.ts";
import "./icon.ts";

export interface MenuItem {
  readonly label: string;
  readonly act: () => void;
  readonly icon?: string;
  /** Given: one of a choice, shown with a check mark. */
  readonly checked?: boolean;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Begins a new group; the text stands above it, or only a line where it is empty. */
  readonly group?: string;
}

export class Menu extends LitElement {
  static override properties = { items: { attribute: false }, label: {}, open: { type: Boolean, reflect: true } };
  declare items: readonly MenuItem[];
  declare label: string;
  declare open: boolean;

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        display: inline-block;
      }
      .list {
        position: absolute;
        z-index: 10;
        inset-block-start: calc(100% + 4px);
        inset-inline-end: 0;
        width: max-content;
        min-width: 200px;
        max-width: min(320px, calc(100vw - 24px));
        max-height: min(80vh, 580px);
        padding: 4px;
        border: 1px solid var(--line);
        border-radius: var(--radius-card);
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow);
        overflow: auto;
      }
      :host([align="start"]) .list {
        inset-inline: 0 auto;
      }
      .list button {
        width: 100%;
        justify-content: flex-start;
        padding: 4px 10px;
        border: 0;
        background: none;
        font-weight: 400;
        text-align: start;
      }
      .list button:hover:not(:disabled),
      .list button:focus-visible {
        background: var(--sunken);
      }
      .list button:focus-visible {
        outline-offset: -2px;
      }
      .list .danger {
        color: var(--danger-text);
      }
      [role="group"] + [role="group"] {
        margin-top: 4px;
        padding-top: 4px;
        border-top: 1px solid var(--line);
      }
      .head {
        padding: 4px 10px 2px;
        color: var(--text-faint);
        font-size: var(--size-12);
      }
      dw-icon {
        color: var(--text-soft);
      }
      .danger dw-icon {
        color: inherit;
      }
    `,
  ];

  constructor() {
    super();
    this.items = [];
    this.label = "";
    this.open = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hide();
  }

  override render() {
    return html`<button
        class="bare ${this.hasAttribute("wide") ? "" : "icon"}"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        aria-label=${this.label || nothing}
        title=${this.label || nothing}
        @click=${this.#toggle}
        @keydown=${this.#openByKey}
      >
        <slot><dw-icon name="more"></dw-icon></slot>
      </button>
      ${this.open
        ? html`<div class="list" role="menu" aria-label=${this.label || nothing} @keydown=${this.#keys}>
            ${this.#groups().map((items) => this.#group(items))}
          </div>`
        : nothing}`;
  }

  #groups(): MenuItem[][] {
    const groups: MenuItem[][] = [];
    for (const item of this.items) {
      if (groups.length === 0 || item.group !== undefined) groups.push([]);
      groups.at(-1)?.push(item);
    }
    return groups;
  }

  #group(items: readonly MenuItem[]) {
    const name = items[0]?.group;
    return html`<div role="group" aria-label=${name || nothing}>
      ${name ? html`<div class="head" aria-hidden="true">${name}</div>` : nothing} ${items.map((item) => this.#item(item))}
    </div>`;
  }

  #item(item: MenuItem) {
    const { label, icon, checked, danger, disabled } = item;
    return html`<button
      role=${checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked=${checked ?? nothing}
      class=${danger ? "danger" : ""}
      tabindex="-1"
      ?disabled=${disabled ?? false}
      @click=${() => this.#act(item)}
    >
      ${icon || checked !== undefined ? html`<dw-icon name=${checked ? "check" : (icon ?? "")}></dw-icon>` : nothing}
      ${label}
    </button>`;
  }

  #act(item: MenuItem): void {
    this.#hide();
    this.#button?.focus();
    item.act();
  }

  #toggle(): void {
    if (this.open) this.#hide();
    else void this.show();
  }

  /** Opens the list with the focus on its first action. */
  async show(): Promise<void> {
    this.open = true;
    document.addEventListener("pointerdown", this.#outside, true);
    await this.updateComplete;
    this.#move(0);
  }

  #hide(): void {
    this.open = false;
    document.removeEventListener("pointerdown", this.#outside, true);
  }

  readonly #outside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.#hide();
  };

  #openByKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" || this.open) return;
    event.preventDefault();
    void this.show();
  }

  get #button(): HTMLButtonElement | null {
    return this.renderRoot.querySelector("button");
  }

  get #choices(): HTMLButtonElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLButtonElement>(".list button:not(:disabled)")];
  }

  #move(to: number): void {
    const choices = this.#choices;
    choices[(to + choices.length) % choices.length]?.focus();
  }

  #keys(event: KeyboardEvent): void {
    const choices = this.#choices;
    const at = choices.indexOf(event.target as HTMLButtonElement);
    if (event.key === "ArrowDown") this.#move(at + 1);
    else if (event.key === "ArrowUp") this.#move(at - 1);
    else if (event.key === "Home") this.#move(0);
    else if (event.key === "End") this.#move(-1);
    else if (event.key === "Escape" || event.key === "Tab") {
      this.#hide();
      this.#button?.focus();
      if (event.key === "Tab") return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("dw-menu", Menu);

declare global {
  interface HTMLElementTagNameMap {
    "dw-menu": Menu;
  }
}
