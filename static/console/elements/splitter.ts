/** `<dw-splitter label value>`: a border that can be moved, by pointer or arrow keys. Fires `drag-by` with the pixels to the right. */
import { LitElement, css, html } from "lit";
import { emit } from "../../shared/emit.ts";

const STEP_PX = 16;

export class Splitter extends LitElement {
  static override properties = { label: {}, value: { type: Number } };
  declare label: string;
  /** Width of the side it belongs to, for screen readers. */
  declare value: number;

  static override styles = css`
    :host {
      display: block;
      position: relative;
      z-index: 3;
      width: 1px;
      background: var(--line);
    }
    div {
      position: absolute;
      inset: 0 -4px;
      cursor: col-resize;
      touch-action: none;
    }
    div:hover,
    div:focus-visible,
    div:active {
      outline: none;
      background: linear-gradient(90deg, transparent 3px, var(--accent) 3px 6px, transparent 6px);
    }
  `;

  constructor() {
    super();
    this.label = "";
    this.value = 0;
  }

  override render() {
    return html`<div
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${this.label}
      aria-valuenow=${this.value}
      aria-valuemin="0"
      aria-valuemax="2000"
      @pointerdown=${this.#hold}
      @pointermove=${this.#move}
      @keydown=${this.#key}
    ></div>`;
  }

  #hold(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  #move(event: PointerEvent): void {
    const held = (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId);
    if (held && event.movementX !== 0) emit(this, "drag-by", event.movementX);
  }

  #key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    emit(this, "drag-by", by);
  }
}

customElements.define("dw-splitter", Splitter);

declare global {
  interface HTMLElementTagNameMap {
    "dw-splitter": Splitter;
  }
}
