/**
 * A blur that cannot be undone. Pure.
 *
 * A soft or a fine-grained blur is a code: who knows the font draws every candidate, blurs it the same way and compares
 * (that is how pixelated card numbers are read). So hardly anything of the region comes through:
 *
 * - one colour for each cell of a grid of at most 6 by 6; a cell is at least 64 real pixels and at least a third of the
 *   shorter side wide, so a line of text, however long, becomes at most six colours;
 * - each colour is rounded to steps of 32 by chance (random dithering): what tells one digit from another shifts the mean
 *   of a cell by a few steps of 256, which is less than chance does;
 * - the region is filled with these colours alone, smoothly: no pixel of it is mixed in, not even at its edges.
 *
 * What must not be guessed at all is blacked out: that is why black-out is the first tool.
 */

import { MOST_CELLS, type Size } from "./marks.ts";

const LEAST_CELL_PX = 64;
const SHORTER_SIDE_CELLS = 3;
const STEP = 32;
/** A mean of so many pixels along each side is good enough, and quick on a phone. */
const SAMPLES = 48;

/** A tiny picture (RGBA, opaque) that is stretched over the region. */
export interface Grid extends Size {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** How many cells a region has, along and down. */
export function cells({ width, height }: Size): Size {
  const shorter = Math.min(width, height);
  const cell = Math.max(LEAST_CELL_PX, shorter / SHORTER_SIDE_CELLS, Math.max(width, height) / MOST_CELLS);
  return { width: Math.max(1, Math.floor(width / cell)), height: Math.max(1, Math.floor(height / cell)) };
}

/** `pixels`: RGBA of the region; `noise`: random bytes, one for each cell. */
export function frost(pixels: Uint8ClampedArray, size: Size, noise: Uint8Array): Grid {
  const { width, height } = cells(size);
  const grid = new Uint8ClampedArray(width * height * 4);
  for (let row = 0, cell = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, cell += 1) {
      const mean = meanColour(pixels, size.width, part(column, width, size.width), part(row, height, size.height));
      const chance = (noise[cell] ?? 0) / 256; // one for all three, so that grey stays grey
      mean.forEach((value, i) => (grid[cell * 4 + i] = Math.floor(value / STEP + chance) * STEP));
      grid[cell * 4 + 3] = 255;
    }
  }
  return { width, height, pixels: grid };
}

/** From where to where the n-th of `count` equal parts of a length goes. */
function part(n: number, count: number, length: number): readonly [number, number] {
  return [Math.floor((n * length) / count), Math.floor(((n + 1) * length) / count)];
}

/** Transparent pixels count as white: that is how they are seen. */
function meanColour(
  pixels: Uint8ClampedArray,
  width: number,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): [number, number, number] {
  const across = Math.ceil((right - left) / SAMPLES);
  const down = Math.ceil((bottom - top) / SAMPLES);
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let y = top; y < bottom; y += down) {
    for (let x = left; x < right; x += across, count += 1) {
      const at = (y * width + x) * 4;
      const alpha = (pixels[at + 3] ?? 255) / 255;
      for (let i = 0; i < 3; i += 1) sum[i as 0 | 1 | 2] += 255 + ((pixels[at + i] ?? 255) - 255) * alpha;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
