/**
 * `<dw-shared-list>`: the shared list. Views with counts, sortable headers, and a window of rows that stays smooth with
 * 50,000 tickets. A grid for screen readers: one tab stop, the active row is named, arrows and j/k move it.
 * Fires `open-ticket` with the id.
 */
import { LitElement, html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "../../shared/emit.ts";
import { Texts, language, t } from "../../shared/i18n.ts";
import { serverNow } from "../../shared/server-time.ts";
import { controls } from "../../shared/styles.ts";
import { Follow, TICK_MS, Ticking } from "../desk/store.ts";
import type { Desk } from "../desk/desk.ts";
import type { Order } from "../model/list-store.ts";
import { scrollTo, slotAfter, windowOf, type Window } from "../model/list-window.ts";
import { listHead } from "./list-head.ts";
import "./desk-news.ts";
import "./list-part.ts";
import "./list-views.ts";
import { looks } from "./looks.ts";
import { WIDE_FROM, rowHeight, ticketRow } from "./ticket-row.ts";
import { listStyles, rowStyles } from "./shared-list.css.ts";
import "./icons.ts";

/** New rows slide in by themselves where nobody looks at the list; not more often than this. */
const SLIDE_MS = 1_000;

export class SharedListView extends LitElement {
  static override properties = {
    desk: { attribute: false },
    selected: {},
    active: { state: true },
    wide: { type: Boolean, reflect: true },
    inside: { state: true },
  };
  declare desk: Desk;
  /** The ticket that is open. */
  declare selected: string | null;
  /** Slot of the row that the keyboard is on. */
  declare private active: number | null;
  /** Room for one line of columns. */
  declare wide: boolean;
  /** The pointer or the focus is in the list: nothing may move. */
  declare private inside: boolean;

  static override styles = [controls, looks, listStyles, rowStyles];

  #resizing = new ResizeObserver(() => this.#measure());
  #slide: ReturnType<typeof setTimeout> | undefined;
  #scrollTop = 0;
  /** After the last drawing. */
  #frame: Promise<unknown> = Promise.resolve();
  #visible = false;
  /** What is drawn. */
  #window: Window = { first: 0, last: 0 };
  /** Slots by which what is drawn was moved against the top, and scrolling was not yet. */
  #moved = 0;

  constructor() {
    super();
    new Texts(this);
    new Ticking(this);
    new Follow(this, () => [this.desk, this.desk.list, this.desk.list.rows]);
    this.selected = null;
    this.active = null;
    this.wide = false;
    this.inside = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizing.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizing.disconnect();
    clearTimeout(this.#slide);
  }

  get #list() {
    return this.desk.list;
  }

  get #grid(): HTMLElement | null {
    return this.renderRoot.querySelector(".grid");
  }

  override focus(): void {
    this.#grid?.focus();
    if (this.active === null) this.#activate(this.#slotOfSelected() ?? 0);
  }

  /** Moves the active row as a key would; also called by the page's shortcuts. */
  move(key: string): boolean {
    const grid = this.#grid;
    if (!grid) return false;
    const rows = Math.floor(grid.clientHeight / rowHeight(this.wide));
    const slot = slotAfter(key, this.active ?? this.#slotOfSelected(), this.#list.model.total, rows);
    if (slot === null) return false;
    this.#activate(slot);
    return true;
  }

  openActive(): void {
    const row = this.active === null ? undefined : this.#list.model.at(this.active);
    if (row) emit(this, "open-ticket", row.ticket.id);
  }

  /** At once, and then once for all that comes until the next frame: in a busy minute that is hundreds of changes. */
  protected override async scheduleUpdate(): Promise<void> {
    await this.#frame;
    this.#frame = new Promise(requestAnimationFrame);
    super.scheduleUpdate();
  }

  override willUpdate(): void {
    const grid = this.#grid;
    this.#visible = !!grid && grid.clientHeight > 0;
    if (!grid || !this.#visible) return;
    const { total, loaded } = this.#list.model;
    const height = rowHeight(this.wide);
    this.#moved = this.#list.takeMoved();
    if (this.active !== null) this.active += this.#moved;
    this.#window = windowOf(grid.scrollTop + this.#moved * height, grid.clientHeight, height, loaded ? total : 0);
  }

  override render() {
    return html`
      <dw-list-views .desk=${this.desk}></dw-list-views>
      <dw-desk-news .desk=${this.desk}></dw-desk-news>
      ${this.desk.available ? html`<dw-list-part .desk=${this.desk}></dw-list-part>` : nothing}
      ${this.desk.available ? this.#tickets() : this.#away()}
    `;
  }

  #away() {
    return html`<div class="empty">
      <h2>${t("away.heading")}</h2>
      <p>${t("away.text")}</p>
      <button
        class="primary"
        ?disabled=${this.desk.connection !== "open"}
        @click=${() => void this.desk.setAvailability("available")}
      >
        ${t("away.action")}
      </button>
    </div>`;
  }

  #tickets() {
    const { model } = this.#list;
    const fresh = model.newcomers.size;
    return html`
      <div class="bar" role="status">
        ${fresh > 0 ? html`<button class="bare newcomers" @click=${this.refresh}>${t("list.newcomers", { n: fresh })}</button>` : nothing}
      </div>
      <div
        class="grid"
        role="grid"
        tabindex="0"
        aria-label=${t("list.label")}
        aria-rowcount=${model.loaded ? model.total + 1 : -1}
        aria-busy=${this.#list.turning}
        aria-activedescendant=${this.active !== null && model.at(this.active) ? `slot-${this.active}` : nothing}
        @scroll=${this.#scrolled}
        @keydown=${this.#key}
        @pointerenter=${() => (this.inside = true)}
        @pointerleave=${() => (this.inside = this.matches(":focus-within"))}
        @focusin=${() => (this.inside = true)}
        @focusout=${() => (this.inside = this.matches(":hover"))}
      >
        <div class="head" role="rowgroup">${listHead(this.#list.order, this.#arrange)}</div>
        <div class="sizer" role="rowgroup">
          <div class="rows" role="presentation">${model.loaded ? this.#rows() : nothing}</div>
        </div>
        ${this.#emptiness()}
      </div>
    `;
  }

  #rows() {
    const { model } = this.#list;
    const { first, last } = this.#window;
    const slots = Array.from({ length: last - first }, (_, i) => first + i);
    const now = Math.floor(serverNow() / TICK_MS) * TICK_MS;
    return repeat(slots, (slot) => model.at(slot)?.ticket.id ?? slot, (slot) => this.#row(slot, now));
  }

  /** Drawn again only where something in it is different; a row costs more than all that decides about it. */
  #row(slot: number, now: number) {
    const { wide, selected } = this;
    const row = this.#list.model.at(slot);
    const active = slot === this.active;
    const chosen = row !== undefined && row.ticket.id === selected;
    const mine = this.desk.me.language;
    return guard([row?.ticket, row?.hint, row?.left, slot, now, wide, active, chosen, mine, language()], () =>
      ticketRow({ row, slot, now, wide, active, selected: chosen, mine, open: this.#open }),
    );
  }

  #emptiness() {
    const { model, order } = this.#list;
    if (!model.loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (model.total > 0) return nothing;
    return html`<div class="empty" role="row">
      <div role="gridcell">
        <h2>${t(`empty.${order.view}`)}</h2>
        <p>${t(order.view === "completed" ? "empty.completed_hint" : "empty.hint")}</p>
      </div>
    </div>`;
  }

  override updated(): void {
    this.#place();
    this.#slideIn();
  }

  /** Sizes and places by CSSOM: the page's policy allows no style attributes. */
  #place(): void {
    const grid = this.#grid;
    const sizer = this.renderRoot.querySelector<HTMLElement>(".sizer");
    const rows = this.renderRoot.querySelector<HTMLElement>(".rows");
    if (!grid || !sizer || !rows) return;
    const height = rowHeight(this.wide);
    const { first, last } = this.#window;
    sizer.style.height = `${this.#list.model.total * height}px`;
    rows.style.transform = `translateY(${first * height}px)`;
    if (this.#moved !== 0) grid.scrollTop += this.#moved * height;
    this.#moved = 0;
    // the list brings those that are missing; a pane that is hidden needs none, and one that has just come must be measured
    if (this.#visible) this.#list.show(first, Math.max(last, first + 1));
    else if (grid.clientHeight > 0) this.requestUpdate();
  }

  readonly #scrolled = (): void => {
    this.#scrollTop = this.#grid?.scrollTop ?? 0;
    this.requestUpdate();
  };

  #measure(): void {
    this.wide = this.clientWidth >= WIDE_FROM;
    const grid = this.#grid;
    // a pane that was hidden comes back where it was
    if (grid && grid.scrollTop === 0 && this.#scrollTop > 0) grid.scrollTop = this.#scrollTop;
    this.requestUpdate();
  }

  /** At the top, with nobody's pointer or focus in the list, what is new may come by itself. */
  #slideIn(): void {
    const { stale, total } = this.#list.model;
    const quiet = stale && this.#scrollTop === 0 && (!this.inside || total === 0);
    if (!quiet) {
      clearTimeout(this.#slide);
      this.#slide = undefined;
      return;
    }
    this.#slide ??= setTimeout(() => {
      this.#slide = undefined;
      this.#list.slide();
    }, SLIDE_MS);
  }

  /** Everything anew, from the top. */
  readonly refresh = (): void => {
    const grid = this.#grid;
    if (grid) grid.scrollTop = 0;
    this.active = null;
    this.#list.refresh();
  };

  readonly #arrange = (order: Order): void => {
    this.desk.arrange(order);
    const grid = this.#grid;
    if (grid) grid.scrollTop = 0;
  };

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      if (event.target !== this.#grid) return;
      this.openActive();
    } else if (!this.move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #activate(slot: number): void {
    this.active = slot;
    const grid = this.#grid;
    if (!grid) return;
    const head = this.renderRoot.querySelector<HTMLElement>(".head")?.offsetHeight ?? 0;
    const to = scrollTo(slot, grid.scrollTop, grid.clientHeight - head, rowHeight(this.wide));
    if (to !== grid.scrollTop) grid.scrollTop = to;
  }

  #slotOfSelected(): number | null {
    return this.selected === null ? null : this.#list.model.slotOf(this.selected);
  }

  readonly #open = (slot: number): void => {
    this.active = slot;
    this.openActive();
  };
}

customElements.define("dw-shared-list", SharedListView);

declare global {
  interface HTMLElementTagNameMap {
    "dw-shared-list": SharedListView;
  }
}
