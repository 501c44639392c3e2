/**
 * `<dw-redact-stage picture marks tool chosen>`: the picture and the marks on it, drawn, moved and sized by pointer, touch
 * and keys. Fires `marks` (detail: Changed) for each step, and `choose` (detail: id of the mark that is chosen, or null).
 */

import { LitElement, html, nothing } from "lit";
import { emit } from "../emit.ts";
import { controls } from "../styles.ts";
import { Gestures, type Drag, type Surface } from "./gestures.ts";
import { box, grown, inside, moved, newMark, placed, pulled, put, without } from "./marks.ts";
import type { Grip, Kind, Mark, Point, Size } from "./marks.ts";
import { contextOf, paint } from "./paint.ts";
import { corners, cutAway, shape } from "./shapes.ts";
import { stageStyles } from "./styles.ts";
import { t, texts } from "./texts.ts";
import { fitting, scaled, scrolled, visible } from "./view.ts";

export type Tool = Kind | "hand";

export interface Changed {
  readonly marks: readonly Mark[];
  /** Steps of the same name in a row are one step. */
  readonly by: string | null;
}

/** A mark that is smaller on the screen was not meant. */
const LEAST_PX = 6;
/** One press of an arrow key, on the screen. */
const NUDGE_PX = 8;
export const ZOOM = 1.5;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export class Stage extends LitElement implements Surface {
  static override properties = {
    picture: { attribute: false },
    marks: { attribute: false },
    tool: {},
    chosen: {},
    changing: { state: true },
    scale: { state: true },
  };
  declare picture: ImageBitmap;
  declare marks: readonly Mark[];
  declare tool: Tool;
  declare chosen: string | null;
  /** A mark that is being dragged, as it would be. */
  declare private changing: Mark | null;
  declare private scale: number;

  static override styles = [controls, stageStyles];

  readonly #gestures = new Gestures(this);
  readonly #size = new ResizeObserver(() => this.#refit());
  /** The scale at which the whole picture can be seen. */
  #fit = 0;
  /** A mark that takes the focus as soon as it is drawn. */
  #awaited: string | null = null;

  constructor() {
    super();
    texts.follow(this);
    this.marks = [];
    this.tool = "blackout";
    this.chosen = this.changing = null;
    this.scale = 1;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  /** Also right after it was put on the page, when nothing of it is drawn yet. */
  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<SVGElement>("svg")?.focus());
  }

  get #canvas(): HTMLCanvasElement | null {
    return this.renderRoot.querySelector("canvas");
  }

  get #room(): Size {
    return { width: this.clientWidth, height: this.clientHeight };
  }

  get #shown(): readonly Mark[] {
    return this.changing ? put(this.marks, this.changing) : this.marks;
  }

  // --- what gestures ask for ----------------------------------------------------------------------------------------

  point({ clientX, clientY }: MouseEvent): Point {
    const { left = 0, top = 0 } = this.#canvas?.getBoundingClientRect() ?? {};
    return { x: (clientX - left) / this.scale, y: (clientY - top) / this.scale };
  }

  drawing(from: Point): Drag | null {
    if (this.tool === "hand") return null;
    const start = inside(from, this.picture);
    const mark = newMark(this.tool, start, start);
    return (to) => ({ ...mark, b: inside(to, this.picture) });
  }

  preview(mark: Mark | null): void {
    this.changing = mark;
  }

  drop(mark: Mark): void {
    this.changing = null;
    const { width, height } = box(mark);
    if (Math.max(width, height) * this.scale >= LEAST_PX) this.#put(mark);
  }

  choose(id: string | null): void {
    if (id !== this.chosen) emit(this, "choose", id);
  }

  /** Larger or smaller, around the middle of what can be seen or around the point `at`. */
  zoom(factor: number, at: Point = { x: this.clientWidth / 2, y: this.clientHeight / 2 }): void {
    const scale = scaled(this.scale, factor, this.#fit);
    const { x, y } = scrolled({ x: this.scrollLeft, y: this.scrollTop }, at, scale / this.scale);
    this.scale = scale;
    void this.updateComplete.then(() => this.scrollTo(x, y));
  }

  // --- changes ------------------------------------------------------------------------------------------------------

  #put(mark: Mark, by: string | null = null): void {
    emit(this, "marks", { marks: put(this.marks, mark), by } satisfies Changed);
    this.choose(mark.id);
  }

  /** Takes the chosen mark away. */
  removeMark(): void {
    if (this.chosen === null) return;
    emit(this, "marks", { marks: without(this.marks, this.chosen), by: null } satisfies Changed);
    this.choose(null);
    this.focus();
  }

  /** Puts a mark into the middle of what can be seen, ready to be moved by keys. */
  #place(): void {
    if (this.tool === "hand") return;
    const scroll = { x: this.scrollLeft, y: this.scrollTop };
    const mark = placed(this.tool, visible(this.picture, scroll, this.#room, this.scale));
    this.#awaited = mark.id;
    this.#put(mark);
  }

  #nudge(mark: Mark, { x, y }: Point, size: boolean): void {
    const step = Math.max(1, Math.round(NUDGE_PX / this.scale));
    const by = { x: x * step, y: y * step };
    this.#put(size ? grown(mark, by, this.picture) : moved(mark, by, this.picture), `${size ? "size" : "place"} ${mark.id}`);
  }

  #markUnder({ target }: Event): Mark | undefined {
    const id = (target as Element).closest("[data-mark]")?.getAttribute("data-mark");
    return this.marks.find((mark) => mark.id === id);
  }

  // --- drawing ------------------------------------------------------------------------------------------------------

  override render() {
    const { width, height } = this.picture;
    const chosen = this.#shown.find(({ id }) => id === this.chosen);
    return html`<div class="picture" .style=${`width:${width * this.scale}px;height:${height * this.scale}px`}>
      <canvas width=${width} height=${height} aria-hidden="true"></canvas>
      <svg
        class=${this.tool}
        viewBox="0 0 ${width} ${height}"
        role="application"
        tabindex="0"
        aria-label=${t("redact.picture", { width, height })}
        aria-description=${t("redact.keys")}
        @keydown=${this.#key}
        @wheel=${this.#wheel}
        @pointerdown=${(event: PointerEvent) => this.#gestures.down(event, this.#held(event))}
        @pointermove=${(event: PointerEvent) => this.#gestures.move(event)}
        @pointerup=${(event: PointerEvent) => this.#gestures.up(event)}
        @pointercancel=${(event: PointerEvent) => this.#gestures.cancel(event)}
      >
        ${cutAway(this.#shown, this.picture)}
        ${this.#shown.map((mark) => shape(mark, mark === chosen, () => this.choose(mark.id)))}
        ${chosen ? corners(chosen, this.scale) : nothing}
      </svg>
    </div>`;
  }

  override updated(changed: Map<string, unknown>): void {
    this.toggleAttribute("zoomed", this.scale > this.#fit);
    if (this.#awaited !== null && this.#awaited === this.chosen) {
      this.#awaited = null;
      this.renderRoot.querySelector<SVGElement>(".chosen")?.focus();
    }
    if (!["picture", "marks", "changing"].some((name) => changed.has(name)) || !this.#canvas) return;
    paint(contextOf(this.#canvas), this.picture, this.#shown);
  }

  /** What a drag does that begins at a corner of a mark, or on the mark. */
  #held(event: PointerEvent): ((from: Point) => Drag) | null {
    const mark = this.#markUnder(event);
    if (!mark) return null;
    this.choose(mark.id);
    const grip = (event.target as Element).getAttribute("data-grip");
    if (grip !== null) return () => (to) => pulled(mark, [...grip] as unknown as Grip, to, this.picture);
    return (from) => (to) => moved(mark, { x: to.x - from.x, y: to.y - from.y }, this.picture);
  }

  #key(event: KeyboardEvent): void {
    const mark = this.#markUnder(event);
    const by = ARROWS[event.key];
    if (by && mark) this.#nudge(mark, by, event.shiftKey);
    else if (["Delete", "Backspace"].includes(event.key) && mark) this.removeMark();
    else if (["Enter", " "].includes(event.key) && !mark) this.#place();
    else if (["+", "="].includes(event.key)) this.zoom(ZOOM);
    else if (event.key === "-") this.zoom(1 / ZOOM);
    else if (event.key === "Escape" && this.chosen !== null) this.#leaveMark();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #leaveMark(): void {
    this.choose(null);
    this.focus();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.getBoundingClientRect();
    this.zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, { x: event.clientX - left, y: event.clientY - top });
  }

  /** The window has another size: whoever saw the whole picture sees it still. */
  #refit(): void {
    const whole = this.#fit === 0 || this.scale <= this.#fit;
    this.#fit = fitting(this.picture, this.#room);
    this.scale = whole ? this.#fit : Math.max(this.scale, this.#fit);
  }
}

customElements.define("dw-redact-stage", Stage);

declare global {
  interface HTMLElementTagNameMap {
    "dw-redact-stage": Stage;
  }
}
