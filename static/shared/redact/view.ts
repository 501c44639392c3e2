/** How large the picture is shown: CSS pixels for one of its own. Pure. */

import { inside, type Box, type Point, type Size } from "./marks.ts";

const LARGEST = 4;

/** The whole picture in this room; a small one is not blown up. */
export function fitting(picture: Size, room: Size): number {
  return Math.min(1, room.width / picture.width, room.height / picture.height);
}

/** Never smaller than the whole picture, never larger than four times its pixels. */
export function scaled(scale: number, factor: number, fit: number): number {
  return Math.min(LARGEST, Math.max(fit, scale * factor));
}

/** Where to scroll so that the point under `at` (seen from the corner of the room) stays under it. */
export function scrolled(scroll: Point, at: Point, factor: number): Point {
  return { x: (scroll.x + at.x) * factor - at.x, y: (scroll.y + at.y) * factor - at.y };
}

/** The part of the picture that can be seen. */
export function visible(picture: Size, scroll: Point, room: Size, scale: number): Box {
  const { x, y } = inside({ x: scroll.x / scale, y: scroll.y / scale }, picture);
  const end = inside({ x: x + room.width / scale, y: y + room.height / scale }, picture);
  return { x, y, width: end.x - x, height: end.y - y };
}
