import assert from "node:assert/strict";
import { test } from "node:test";
import { stripped } from "./metadata.ts";

const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part)));
const segment = (marker, ...parts) => {
  const body = [...bytes(...parts)];
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body];
};
const out = async (...parts) => Buffer.from(await stripped(bytes(...parts)).arrayBuffer());

const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
const JFIF = segment(0xe0, "JFIF\0", [1, 1]);
const ICC = segment(0xe2, "ICC_PROFILE\0", [1, 1, 7]);
const TABLE = segment(0xdb, [0, 0xff, 0xd9, 1]); // what looks like the end inside a table is none
const SCAN = [...segment(0xda, [1, 2, 3]), 5, 0xff, 0x00, 6, 0xff, 0xd3, 7];

/** Little-endian or big-endian, with the maker's name and the orientation. */
function exif(up, little) {
  const word = (n) => (little ? [n & 0xff, n >> 8] : [n >> 8, n & 0xff]);
  const long = (n) => (little ? [...word(n), 0, 0] : [0, 0, ...word(n)]);
  const make = [...word(0x010f), ...word(2), ...long(4), ..."Spy\0"].map((c) => (typeof c === "string" ? c.charCodeAt(0) : c));
  const turn = [...word(0x0112), ...word(3), ...long(1), ...word(up), 0, 0];
  return segment(0xe1, "Exif\0\0", little ? "II" : "MM", word(42), long(8), word(2), make, turn, long(0), "GPS 52.37 4.89");
}

test("a JPEG keeps its pixels, tables and colours, byte by byte", async () => {
  const scans = [...SCAN, ...TABLE, ...SCAN];
  const plain = [START, JFIF, ICC, TABLE, scans, END];
  const noisy = [START, JFIF, exif(1, true), ICC, segment(0xe1, "http://ns.adobe.com/xap/1.0/\0secret"), segment(0xfe, "by Ada"),
    segment(0xed, "Photoshop"), segment(0xe2, "MPF\0second"), TABLE, scans, END, "hidden film"];
  assert.deepEqual(await out(...noisy), Buffer.from(bytes(...plain)));
});

for (const little of [true, false]) {
  test(`which way is up stays, and nothing else of EXIF (${little ? "little" : "big"}-endian)`, async () => {
    const left = await out(START, exif(6, little), TABLE, SCAN, END);
    assert.equal(left.includes("Spy"), false);
    assert.equal(left.includes("GPS"), false);
    assert.deepEqual([...left.subarray(2, 38)], segment(0xe1, "Exif\0\0MM\0*", [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]));
    assert.deepEqual(left.subarray(38), Buffer.from(bytes(TABLE, SCAN, END)));
  });
}

test("fill bytes before a marker are passed", async () => {
  const left = await out(START, [0xff, 0xff], exif(1, true), SCAN, END);
  assert.equal(left.includes("Spy"), false);
});

const chunk = (name, ...parts) => {
  const body = [...bytes(...parts)];
  return [0, 0, 0, body.length, ...Buffer.from(name), ...body, 1, 2, 3, 4];
};
const PNG = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];

test("a PNG keeps what it is drawn from, and ends where it ends", async () => {
  const drawn = [PNG, chunk("IHDR", "head"), chunk("IDAT", "pixels"), chunk("IEND")];
  const noisy = [PNG, chunk("IHDR", "head"), chunk("tEXt", "Author\0Ada"), chunk("eXIf", "II"), chunk("iTXt", "x"), chunk("IDAT", "pixels"),
    chunk("tIME", "now"), chunk("IEND"), "cropped pixels of before"];
  assert.deepEqual(await out(...noisy), Buffer.from(bytes(...drawn)));
});

test("what is cut off, or is something else, is left to the server", () => {
  const whole = [...bytes(START, exif(6, true), TABLE, SCAN, END)];
  for (let length = 0; length < whole.length; length += 1) assert.equal(stripped(Uint8Array.from(whole.slice(0, length))), null, `${length}`);
  for (const other of ["GIF89a", "", "\x89PNG\r\n\x1a\n", "\xff\xd8 nothing"]) assert.equal(stripped(bytes(other)), null);
});

test("a view into a larger buffer is read from where it begins", async () => {
  const whole = bytes("xx", START, exif(1, true), SCAN, END);
  const left = Buffer.from(await stripped(whole.subarray(2)).arrayBuffer());
  assert.deepEqual(left, Buffer.from(bytes(START, SCAN, END)));
});
