// QR codes, read back by a decoder that is not ours.
import assert from "node:assert/strict";
import { test } from "node:test";
import jsqr from "jsqr";
import { qr } from "./qr.ts";

const SCALE = 4;
const QUIET = 4;

/** As a camera would see it: pixels with a white margin; `dirty` modules of it are covered. */
function read(code, dirty = () => false) {
  const side = (code.length + 2 * QUIET) * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  code.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark === dirty(x, y)) return;
      for (let i = 0; i < SCALE * SCALE; i += 1) {
        const at = ((y + QUIET) * SCALE + Math.floor(i / SCALE)) * side + (x + QUIET) * SCALE + (i % SCALE);
        pixels.fill(0, at * 4, at * 4 + 3);
      }
    }),
  );
  return jsqr(pixels, side, side);
}

const address = (length) => `https://support.example.com/p/acme#phone=${"K7QM2XWP".repeat(40)}`.slice(0, length);

test("an address is read back, and the code is as small as it can be", () => {
  const url = "https://support.example.com/p/acme#phone=K7QM2XWP";
  const found = read(qr(url));
  assert.equal(found.data, url);
  assert.equal(found.version, 4);
});

for (const [version, most] of [14, 26, 42, 62, 84, 106].entries()) {
  test(`version ${version + 1} holds ${most} bytes, and the next one begins there`, () => {
    const found = read(qr(address(most)));
    assert.deepEqual([found.data, found.version], [address(most), version + 1]);
    assert.equal(qr(address(most + 1))?.length, version < 5 ? (version + 2) * 4 + 17 : undefined);
  });
}

test("any text, and whatever mask it takes", () => {
  const masks = new Set();
  for (let i = 0; masks.size < 8; i += 1) {
    assert.ok(i < 2_000, "some masks never come up");
    const text = `${"абв żółć 日本 "[i % 14]}${"x".repeat(i % 80)}${i * 7919}`;
    const code = qr(text);
    assert.equal(new TextDecoder().decode(Uint8Array.from(read(code).binaryData)), text);
    masks.add([2, 3, 4].map((x) => Number(code[8][x])).join(""));
  }
});

test("a scratch and a finger on it do not matter", () => {
  const url = address(84);
  assert.equal(read(qr(url), (x, y) => x === y - 3 && x > 10 && x < 24).data, url);
});
