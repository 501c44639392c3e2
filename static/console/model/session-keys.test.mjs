// Session keys as technicians see them: spelling, lives, what is left, the letter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST, left, lives, mailto, spelled } from "./session-keys.ts";

test("a key is spelled in two halves, and every symbol has a word or is a digit", () => {
  assert.equal(spelled("K7MR-2XPD"), "Kilo 7 Mike Romeo, 2 X-ray Papa Delta");
  for (const symbol of "23456789ABCDEFGHJKMNPQRSTUVWXYZ") {
    assert.match(spelled(symbol), /^(\d|[A-Z]-?[a-z]{3,})$/);
  }
});

test("the portal's own life comes first, and none comes twice", () => {
  assert.deepEqual(lives(10), [10, 60, 1_440, LONGEST]);
  assert.deepEqual(lives(30), [30, 10, 60, 1_440, LONGEST]);
});

test("what is left is told by the second within an hour", () => {
  assert.equal(left(59_400, "en"), "1:00");
  assert.equal(left(-1, "en"), "0:00");
  assert.equal(left(26 * 3_600_000, "en"), "1 day");
});

test("a letter keeps its lines and its signs", () => {
  assert.equal(mailto("A & B", "one\ntwo"), "mailto:?subject=A%20%26%20B&body=one%0Atwo");
});
