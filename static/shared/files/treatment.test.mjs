import assert from "node:assert/strict";
import { test } from "node:test";
import { pastedName, renamed } from "./names.ts";
import { treatment } from "./treatment.ts";

const LIMITS = { types: [".jpeg", ".png", ".gif"], image_max_bytes: 10_000_000, max_pixels: 40_000_000 };
const of = (type, width, height, more = {}) => ({ type, size: 1_000_000, width, height, clear: false, ...more });
const done = (picture, { limits = LIMITS, whole = false } = {}) => treatment(picture, limits, whole);

test("a photo of a phone is made smaller; one that fits is not drawn anew", () => {
  assert.deepEqual(done(of("image/jpeg", 4_000, 3_000)), { type: "image/jpeg", scale: 0.64 });
  assert.deepEqual(done(of("image/jpeg", 1_280, 5_120)), { type: "image/jpeg", scale: 0.5 });
  assert.equal(done(of("image/jpeg", 2_560, 1_440)), "keep");
});

test("a screenshot keeps its letters sharp and a moving picture moves, as long as they are not too large", () => {
  for (const type of ["image/png", "image/gif", "image/bmp", "image/tiff"]) assert.equal(done(of(type, 5_120, 2_880)), "keep");
  assert.deepEqual(done(of("image/png", 5_120, 2_880, { size: 10_000_001 })), { type: "image/jpeg", scale: 0.5 });
  assert.deepEqual(done(of("image/png", 5_120, 2_880, { size: 10_000_001, clear: true })), { type: "image/png", scale: 0.5 });
  assert.deepEqual(done(of("image/png", 10_240, 4_000)), { type: "image/jpeg", scale: 0.25 });
});

test("what phones make and others cannot open becomes JPEG, or PNG where something shines through", () => {
  for (const type of ["image/heic", "image/webp", "image/avif"]) {
    assert.deepEqual(done(of(type, 1_000, 1_000)), { type: "image/jpeg", scale: 1 });
    assert.deepEqual(done(of(type, 1_000, 1_000, { clear: true })), { type: "image/png", scale: 1 });
    assert.deepEqual(done(of(type, 5_120, 100)), { type: "image/jpeg", scale: 0.5 });
  }
});

test("the original has all of its pixels", () => {
  assert.equal(done(of("image/jpeg", 8_000, 6_000), { whole: true }), "keep");
  assert.deepEqual(done(of("image/heic", 8_000, 6_000), { whole: true }), { type: "image/jpeg", scale: 1 });
});

test("nothing becomes what the portal does not take", () => {
  const just = (...types) => ({ limits: { ...LIMITS, types } });
  assert.deepEqual(done(of("image/webp", 100, 100), just(".png")), { type: "image/png", scale: 1 });
  assert.deepEqual(done(of("image/webp", 100, 100, { clear: true }), just(".jpeg")), { type: "image/jpeg", scale: 1 });
  assert.equal(done(of("image/webp", 100, 100), just(".pdf")), "keep");
});

test("a name says what the picture has become", () => {
  assert.equal(renamed("IMG_1.HEIC", "image/jpeg"), "IMG_1.jpeg");
  assert.equal(renamed("photo.JPG", "image/jpeg"), "photo.JPG");
  assert.equal(renamed("a.b.webp", "image/png"), "a.b.png");
  assert.equal(renamed("photo", "image/png"), "photo.png");
  assert.equal(renamed(".webp", "image/png"), ".webp.png");
});

test("a pasted picture is called by when it was pasted", () => {
  assert.equal(pastedName("Screenshot", "image/png", new Date(2026, 2, 5, 9, 7, 3)), "Screenshot 2026-03-05 090703.png");
});
