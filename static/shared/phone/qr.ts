/**
 * QR codes for addresses: bytes, error correction M (15 % of it may be covered), versions 1 to 6, which is up to 106 bytes.
 * Larger ones have more kinds of ornaments, and are hard to read from a screen. Pure; the order of things is that of
 * ISO/IEC 18004, and the tests read the codes back with a decoder that is not ours.
 */

/** Rows of dark (true) and light modules, without the quiet zone of 4 around. */
export type Code = readonly (readonly boolean[])[];

/** Of each version: blocks, and in each of them codewords of data and of error correction. */
const VERSIONS: readonly (readonly [number, number, number])[] = [
  [1, 16, 10],
  [1, 28, 16],
  [1, 44, 26],
  [2, 32, 18],
  [2, 43, 24],
  [4, 27, 16],
];

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The code of a text, with the mask that is easiest to read; null where the text is too long. */
export function qr(text: string): Code | null {
  const bytes = new TextEncoder().encode(text);
  const at = VERSIONS.findIndex(([blocks, data]) => bytes.length + 2 <= blocks * data);
  const version = VERSIONS[at];
  if (!version) return null;
  const [blocks, length, correction] = version;
  const data = filled(bytes, blocks * length);
  const parts = Array.from({ length: blocks }, (_, i) => data.slice(i * length, (i + 1) * length));
  const words = [...inTurn(parts), ...inTurn(parts.map((part) => remainder(part, generator(correction))))];
  const bits = words.flatMap((word) => binary(word, 8));
  const codes = MASKS.map((_, mask) => drawn(bits, at * 4 + 21, mask));
  return codes.reduce((best, code) => (penalty(code) < penalty(best) ? code : best));
}

/** "Bytes" (4), how many, the bytes, an end, and padding. */
function filled(bytes: Uint8Array, room: number): number[] {
  const bits = [4, bytes.length >> 4, bytes.length & 15, ...[...bytes].flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const words = Array.from({ length: bits.length / 2 }, (_, i) => (bits[i * 2]! << 4) | bits[i * 2 + 1]!);
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function binary(value: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (value >> (length - 1 - i)) & 1);
}

/** One codeword of each block after the other: a scratch hurts all blocks a little. */
function inTurn(blocks: readonly (readonly number[])[]): number[] {
  return blocks[0]!.flatMap((_, i) => blocks.map((block) => block[i]!));
}

/** Product in the field of 256 elements with the polynomial 0x11d. */
function times(x: number, y: number): number {
  let product = 0;
  for (const bit of binary(y, 8)) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (bit * x);
  return product;
}

/** (x - 1)(x - 2)(x - 4) …, without its leading 1. */
function generator(degree: number): number[] {
  let found = [...Array<number>(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i += 1, root = times(root, 2)) {
    found = found.map((value, j) => times(value, root) ^ (found[j + 1] ?? 0));
  }
  return found;
}

function remainder(block: readonly number[], divisor: readonly number[]): number[] {
  return block.reduce((rest, word) => {
    const factor = word ^ rest[0]!;
    return divisor.map((value, i) => times(value, factor) ^ (rest[i + 1] ?? 0));
  }, divisor.map(() => 0));
}

function drawn(bits: readonly number[], size: number, mask: number): Code {
  const code: (boolean | undefined)[][] = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined));
  const set = (x: number, y: number, dark: boolean): void => {
    if (x >= 0 && y >= 0 && x < size && y < size) code[y]![x] = dark;
  };
  const rings = (x: number, y: number, reach: number, light: readonly number[]): void => {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  for (let i = 0; i < size; i += 1) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  if (size > 21) rings(size - 7, size - 7, 2, [1]);
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) rings(x, y, 4, [2, 4]);
  drawFormat(set, size, mask);
  let next = 0;
  for (const [x, y] of path(size)) {
    if (code[y]![x] === undefined) set(x, y, (bits[next++] === 1) !== MASKS[mask]!(x, y));
  }
  return code as boolean[][];
}

/** Which mask, with check bits, twice: a corner may be lost. Error correction M is 00. */
function drawFormat(set: (x: number, y: number, dark: boolean) => void, size: number, mask: number): void {
  let rest = mask;
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  binary(((mask << 10) | rest) ^ 0x5412, 15).forEach((bit, n) => {
    const i = 14 - n;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, bit === 1);
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, bit === 1);
  });
  set(8, size - 8, true);
}

/** Two columns at a time, up and down, from the right; the timing column is left out. */
function* path(size: number): Generator<readonly [number, number]> {
  let up = true;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    for (let i = 0; i < size; i += 1) {
      const y = up ? size - 1 - i : i;
      yield [right, y];
      yield [right - 1, y];
    }
  }
}

/** How hard a code is to read: long runs, blocks, what looks like a corner, too much of one colour. */
function penalty(code: Code): number {
  const lines = [...code, ...code.map((_, x) => code.map((row) => row[x]!))].map((line) => line.map(Number).join(""));
  const runs = lines.flatMap((line) => [...line.matchAll(/0{5,}|1{5,}/g)].map(([run]) => run.length - 2));
  const corners = lines.flatMap((line) => [...line.matchAll(/(?=00001011101|10111010000)/g)].map(() => 40));
  const blocks = code.slice(1).flatMap((row, y) =>
    row.map((dark, x) => (x > 0 && [code[y]![x], code[y]![x - 1], row[x - 1]].every((other) => other === dark) ? 3 : 0)),
  );
  const dark = code.flat().filter(Boolean).length / code.length ** 2;
  return [...runs, ...corners, ...blocks].reduce((a, b) => a + b, Math.floor(Math.abs(dark - 0.5) * 20) * 10);
}
