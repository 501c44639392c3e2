/** What is drawn over a picture, as values: marks, in pixels of the real picture. Nothing here knows a page or a canvas. */

import { uuid } from "../ids.ts";

export type Kind = "blackout" | "blur" | "arrow" | "crop";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Point, Size {}

export interface Mark {
  readonly id: string;
  readonly kind: Kind;
  /** Any two opposite corners; of an arrow its tail (a) and its head (b). */
  readonly a: Point;
  readonly b: Point;
  /** What a blur rounds by (frost.ts): drawn once, so that it does not flicker while the mark is moved. */
  readonly noise: Uint8Array;
}

/** The corner that is pulled: which point gives its x, which its y. */
export type Grip = readonly ["a" | "b", "a" | "b"];

/** A blur has at most so many cells along, and as many down (frost.ts). */
export const MOST_CELLS = 6;
/** Nothing is made smaller than this by keys. */
const LEAST = 8;

const CORNERS: readonly Grip[] = [
  ["a", "a"],
  ["b", "a"],
  ["b", "b"],
  ["a", "b"],
];
const ENDS: readonly Grip[] = [
  ["a", "a"],
  ["b", "b"],
];

export function newMark(kind: Kind, a: Point, b: Point): Mark {
  return { id: uuid(), kind, a, b, noise: crypto.getRandomValues(new Uint8Array(MOST_CELLS * MOST_CELLS)) };
}

/** A mark for somebody without a pointer: in the middle of what can be seen. */
export function placed(kind: Kind, { x, y, width, height }: Box): Mark {
  const [wide, high] = kind === "crop" ? [0.75, 0.75] : [0.5, 0.25];
  const a = { x: x + (width * (1 - wide)) / 2, y: y + (height * (1 - high)) / 2 };
  const b = { x: a.x + width * wide, y: a.y + height * high };
  return newMark(kind, a, b);
}

/** The whole pixels that a mark touches: half a pixel that stays is half a secret. */
export function box({ a, b }: Mark): Box {
  const x = Math.floor(Math.min(a.x, b.x));
  const y = Math.floor(Math.min(a.y, b.y));
  return { x, y, width: Math.ceil(Math.max(a.x, b.x)) - x, height: Math.ceil(Math.max(a.y, b.y)) - y };
}

export function inside({ x, y }: Point, { width, height }: Size): Point {
  return { x: between(0, x, width), y: between(0, y, height) };
}

export function grips({ kind }: Mark): readonly Grip[] {
  return kind === "arrow" ? ENDS : CORNERS;
}

export function gripPoint({ a, b }: Mark, [x, y]: Grip): Point {
  return { x: x === "a" ? a.x : b.x, y: y === "a" ? a.y : b.y };
}

/** Moved as a whole, as far as the picture goes. */
export function moved(mark: Mark, by: Point, { width, height }: Size): Mark {
  const { a, b } = mark;
  const dx = between(-Math.min(a.x, b.x), by.x, width - Math.max(a.x, b.x));
  const dy = between(-Math.min(a.y, b.y), by.y, height - Math.max(a.y, b.y));
  return { ...mark, a: { x: a.x + dx, y: a.y + dy }, b: { x: b.x + dx, y: b.y + dy } };
}

/** With one corner, or one end, somewhere else. */
export function pulled(mark: Mark, [x, y]: Grip, to: Point, size: Size): Mark {
  const target = inside(to, size);
  const at = (point: "a" | "b"): Point => ({
    x: x === point ? target.x : mark[point].x,
    y: y === point ? target.y : mark[point].y,
  });
  return { ...mark, a: at("a"), b: at("b") };
}

/** Larger or smaller by keys: the lower right corner moves, or the head of the arrow. */
export function grown(mark: Mark, by: Point, size: Size): Mark {
  if (mark.kind === "arrow") return pulled(mark, ["b", "b"], plus(mark.b, by), size);
  const { x, y, width, height } = box(mark);
  const a = { x, y };
  const b = inside({ x: x + Math.max(LEAST, width + by.x), y: y + Math.max(LEAST, height + by.y) }, size);
  return { ...mark, a, b };
}

/** With this mark new or changed. A picture is cropped once: another crop takes the place of the first. */
export function put(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const kept = marks.filter(({ id, kind }) => id === mark.id || kind !== "crop" || mark.kind !== "crop");
  return kept.some(({ id }) => id === mark.id) ? kept.map((one) => (one.id === mark.id ? mark : one)) : [...kept, mark];
}

export function without(marks: readonly Mark[], id: string): readonly Mark[] {
  return marks.filter((mark) => mark.id !== id);
}

/** What will be left of the picture. */
export function frame(marks: readonly Mark[], { width, height }: Size): Box {
  const crop = marks.find(({ kind }) => kind === "crop");
  return crop ? box(crop) : { x: 0, y: 0, width, height };
}

function plus(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
