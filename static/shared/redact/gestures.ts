/** Fingers and mice on the picture: one draws, moves, pulls or pans; two pan and zoom. */

import type { Mark, Point } from "./marks.ts";

/** What the gestures do it to. */
export interface Surface extends HTMLElement {
  /** Where on the picture a pointer is. */
  point(event: MouseEvent): Point;
  /** What a drag over nothing draws, from here to there; null: it pans. */
  drawing(from: Point): Drag | null;
  preview(mark: Mark | null): void;
  /** The end of a drag. */
  drop(mark: Mark): void;
  choose(id: string | null): void;
  zoom(factor: number, at: Point): void;
}

/** What a mark becomes when the pointer is there. */
export type Drag = (to: Point) => Mark;

/** Nearer than this to where it began, on the screen, a drag is a press: fingers are not quiet. */
const QUIET_PX = 4;

export class Gestures {
  readonly #surface: Surface;
  readonly #pointers = new Map<number, Point>();
  #began: Point = { x: 0, y: 0 };
  #drag: Drag | null = null;
  #mark: Mark | null = null;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** `held`: what a drag does to the mark that is under the pointer. */
  down(event: PointerEvent, held: ((from: Point) => Drag) | null): void {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, screen(event));
    this.#mark = this.#drag = null;
    if (this.#pointers.size > 1) {
      this.#surface.preview(null);
      return;
    }
    this.#began = screen(event);
    const from = this.#surface.point(event);
    if (!held) this.#surface.choose(null);
    this.#drag = held ? held(from) : this.#surface.drawing(from);
  }

  move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = screen(event);
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, before, now);
    else if (!this.#drag) this.#surface.scrollBy(before.x - now.x, before.y - now.y);
    else if (this.#mark || distance(now, this.#began) >= QUIET_PX) {
      this.#mark = this.#drag(this.#surface.point(event));
      this.#surface.preview(this.#mark);
    }
    this.#pointers.set(event.pointerId, now);
  }

  up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId) || !this.#mark) return;
    const mark = this.#mark;
    this.#mark = this.#drag = null;
    this.#surface.drop(mark);
  }

  /** The system has taken the pointer for something else. */
  cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.#mark = this.#drag = null;
    this.#surface.preview(null);
  }

  #pinch(id: number, before: Point, now: Point): void {
    const other = [...this.#pointers].find(([one]) => one !== id)?.[1];
    if (!other) return;
    this.#surface.scrollBy((before.x - now.x) / 2, (before.y - now.y) / 2);
    const { left, top } = this.#surface.getBoundingClientRect();
    const middle = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
    this.#surface.zoom(distance(now, other) / Math.max(1, distance(before, other)), middle);
  }
}

function screen({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
