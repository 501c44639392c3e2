// What the editor decides by itself: where marks lie, what a blur leaves of a text, steps back and forth, zoom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cells, frost } from "./frost.ts";
import { changed, redone, undone, UNTOUCHED } from "./history.ts";
import { box, frame, gripPoint, grips, grown, inside, moved, newMark, placed, pulled, put, without } from "./marks.ts";
import { fitting, scaled, scrolled, visible } from "./view.ts";

const SIZE = { width: 200, height: 100 };
const mark = (kind, ax, ay, bx, by) => newMark(kind, { x: ax, y: ay }, { x: bx, y: by });
const ids = (marks) => marks.map(({ id }) => id);

test("a mark covers every pixel that it touches, whichever way it was drawn", () => {
  assert.deepEqual(box(mark("blackout", 10.9, 20.1, 30.1, 25)), { x: 10, y: 20, width: 21, height: 5 });
  assert.deepEqual(box(mark("blackout", 30.1, 25, 10.9, 20.1)), { x: 10, y: 20, width: 21, height: 5 });
});

test("a mark is moved as a whole, as far as the picture goes", () => {
  const one = mark("blur", 10, 20, 60, 40);
  assert.deepEqual(box(moved(one, { x: 5, y: -7 }, SIZE)), { x: 15, y: 13, width: 50, height: 20 });
  assert.deepEqual(box(moved(one, { x: 999, y: 999 }, SIZE)), { x: 150, y: 80, width: 50, height: 20 });
  assert.deepEqual(box(moved(one, { x: -999, y: -999 }, SIZE)), { x: 0, y: 0, width: 50, height: 20 });
});

test("a corner is pulled, and the corner across stays; beyond it the mark turns over", () => {
  const one = mark("blackout", 10, 20, 60, 40);
  const at = (x, y) => grips(one).find((grip) => gripPoint(one, grip).x === x && gripPoint(one, grip).y === y);
  assert.deepEqual(box(pulled(one, at(60, 20), { x: 70, y: 10 }, SIZE)), { x: 10, y: 10, width: 60, height: 30 });
  assert.deepEqual(box(pulled(one, at(10, 20), { x: 100, y: 90 }, SIZE)), { x: 60, y: 40, width: 40, height: 50 });
  assert.deepEqual(box(pulled(one, at(60, 40), { x: 900, y: -5 }, SIZE)), { x: 10, y: 0, width: 190, height: 20 });
});

test("an arrow has two ends, and its head is what keys move", () => {
  const arrow = mark("arrow", 100, 50, 20, 10);
  assert.deepEqual(grips(arrow).map((grip) => gripPoint(arrow, grip)), [{ x: 100, y: 50 }, { x: 20, y: 10 }]);
  assert.deepEqual(grown(arrow, { x: -5, y: 5 }, SIZE), { ...arrow, b: { x: 15, y: 15 } });
});

test("keys make a mark larger and smaller, not beyond the picture and not to nothing", () => {
  const one = mark("blackout", 60, 40, 10, 20);
  assert.deepEqual(box(grown(one, { x: 8, y: -4 }, SIZE)), { x: 10, y: 20, width: 58, height: 16 });
  assert.deepEqual(box(grown(one, { x: 999, y: 999 }, SIZE)), { x: 10, y: 20, width: 190, height: 80 });
  assert.deepEqual(box(grown(one, { x: -999, y: -999 }, SIZE)), { x: 10, y: 20, width: 8, height: 8 });
});

test("without a pointer a mark begins in the middle of what can be seen", () => {
  assert.deepEqual(box(placed("blackout", { x: 100, y: 0, width: 100, height: 48 })), { x: 125, y: 18, width: 50, height: 12 });
  assert.deepEqual(box(placed("crop", { x: 0, y: 0, ...SIZE })), { x: 25, y: 12, width: 150, height: 76 });
});

test("a picture is cropped once; other marks add up; a changed mark keeps its place in the order", () => {
  const [first, second] = [mark("crop", 0, 0, 50, 50), mark("crop", 10, 10, 90, 90)];
  const black = mark("blackout", 1, 1, 9, 9);
  const marks = [first, black, second].reduce(put, []);
  assert.deepEqual(ids(marks), [black.id, second.id]);
  assert.deepEqual(frame(marks, SIZE), { x: 10, y: 10, width: 80, height: 80 });
  assert.deepEqual(frame([black], SIZE), { x: 0, y: 0, ...SIZE });
  assert.deepEqual(ids(put(marks, moved(black, { x: 1, y: 1 }, SIZE))), ids(marks));
  assert.deepEqual(ids(without(marks, black.id)), [second.id]);
});

test("steps back and forth; a new step forgets what was taken back", () => {
  const [a, b] = [mark("blackout", 0, 0, 9, 9), mark("blur", 0, 0, 9, 9)];
  const one = changed(UNTOUCHED, [a]);
  const two = changed(one, [a, b]);
  assert.deepEqual(undone(two).now, [a]);
  assert.deepEqual(undone(undone(two)).now, []);
  assert.equal(undone(UNTOUCHED), UNTOUCHED);
  assert.deepEqual(redone(redone(undone(undone(two)))).now, [a, b]);
  assert.deepEqual(redone(changed(undone(two), [b])).now, [b]);
});

test("many presses of one key are one step back", () => {
  const place = (x) => [{ ...mark("blackout", 0, 0, 9, 9), id: "m", a: { x, y: 0 } }];
  const steps = [1, 2, 3].reduce((history, x) => changed(history, place(x), "place m"), changed(UNTOUCHED, place(0)));
  assert.equal(steps.now[0].a.x, 3);
  assert.equal(undone(steps).now[0].a.x, 0);
  const after = changed(undone(steps), place(7), "place m");
  assert.equal(undone(after).now[0].a.x, 0, "a step that was taken back is not gone on with");
});

// --- blur ---------------------------------------------------------------------------------------------------------------

function picture(width, height, colour) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y += 1) for (let x = 0; x < width; x += 1, at += 4) pixels.set(colour(x, y), at);
  return pixels;
}

test("a blur is one colour for each cell of a coarse grid, however large or long the region is", () => {
  const grid = (width, height) => Object.values(cells({ width, height }));
  assert.deepEqual(grid(600, 30), [6, 1]);
  assert.deepEqual(grid(4000, 60), [6, 1]);
  assert.deepEqual(grid(90, 30), [1, 1], "a four-digit number is one colour");
  assert.deepEqual(grid(3000, 2000), [4, 3]);
  for (const [width, height] of [[1, 1], [64, 64], [640, 480], [9000, 1], [2, 9000]]) {
    const [along, down] = grid(width, height);
    assert.ok(along >= 1 && down >= 1 && along <= 6 && down <= 6);
    assert.ok(along === 1 || width / along >= 64);
  }
});

test("two texts of the same length leave the same blur: rounding by chance hides what tells them apart", () => {
  const text = (phase) => picture(600, 30, (x, y) => ((x * 7 + y * 3 + phase * 5) % 11 < 4 ? [0, 0, 0, 255] : [255, 255, 255, 255]));
  const noise = crypto.getRandomValues(new Uint8Array(36)).map((value) => (value % 200) + 28);
  const [one, other] = [0, 1].map((phase) => frost(text(phase), { width: 600, height: 30 }, noise));
  assert.deepEqual(one, other);
  assert.ok(one.pixels.every((value, i) => (i % 4 === 3 ? value === 255 : value % 32 === 0 || value === 255)));
});

test("a blur keeps the large colours, counts what is transparent as white, and leaves nothing transparent", () => {
  const halves = picture(400, 100, (x) => (x < 200 ? [192, 0, 0, 255] : [0, 0, 192, 0]));
  const { width, height, pixels } = frost(halves, { width: 400, height: 100 }, new Uint8Array(36));
  assert.deepEqual([width, height], [6, 1]);
  assert.deepEqual([...pixels.subarray(0, 4)], [192, 0, 0, 255]);
  assert.deepEqual([...pixels.subarray(20, 24)], [224, 224, 224, 255]);
  assert.ok(pixels.every((value, i) => i % 4 !== 3 || value === 255));
});

// --- zoom ---------------------------------------------------------------------------------------------------------------

test("the whole picture fits, a small one is not blown up, and zooming ends somewhere", () => {
  assert.equal(fitting({ width: 4000, height: 1000 }, { width: 320, height: 400 }), 0.08);
  assert.equal(fitting({ width: 100, height: 100 }, { width: 320, height: 400 }), 1);
  assert.equal(scaled(0.08, 0.5, 0.08), 0.08);
  assert.equal(scaled(3, 1.5, 0.08), 4);
});

test("zooming keeps the point under the pointer, and what can be seen is a part of the picture", () => {
  assert.deepEqual(scrolled({ x: 100, y: 0 }, { x: 50, y: 20 }, 2), { x: 250, y: 20 });
  assert.deepEqual(visible({ width: 1000, height: 500 }, { x: 100, y: 50 }, { width: 320, height: 400 }, 0.5), {
    x: 200,
    y: 100,
    width: 640,
    height: 400,
  });
  assert.deepEqual(inside({ x: -3, y: 700 }, { width: 1000, height: 500 }), { x: 0, y: 500 });
});
