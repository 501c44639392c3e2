import assert from "node:assert/strict";
import { test } from "node:test";
import english from "../../locales/en/translation.json" with { type: "json" };
import { customersSituation, techniciansSituation } from "./readings.ts";
import { texts } from "./texts.ts";
import { markText, origin, otherReads, written } from "./words.ts";

await texts.ready();

const BOTH = { en: ["fr"], fr: ["en"] };
const reading = (state, more = {}) => ({ state, from: "fr", into: "en", text: "", via: null, reason: null, own: false, both: false, ...more });
const ada = (more = {}, possible = BOTH) => customersSituation({ language: "en", reader: "fr", translates: true, ...more }, possible);
const lena = (more = {}, mine = "fr", possible = BOTH) =>
  techniciansSituation({ language: "en", translates: true, ...more }, { id: "l", language: mine }, possible, false);
const said = (text) => ({ text, warning: false });
const warned = (text) => ({ text, warning: true });

test("a machine's work says so, from what, and over which language", () => {
  assert.equal(origin(null, null), "Machine-translated");
  assert.equal(origin("fr", null), "Machine-translated from French");
  assert.equal(origin("fr", "en"), "Machine-translated from French via English");
  assert.equal(origin(null, "en"), "Machine-translated");
});

test("an original that was asked for says in which language it is, where that is known", () => {
  assert.equal(written("fr-CA"), "Original in Canadian French");
  assert.equal(written(null), "Original");
});

test("the mark below a message of the other side", () => {
  assert.equal(markText(reading("same")), "");
  assert.equal(markText(reading("waiting")), "Translating…");
  assert.equal(markText(reading("late")), "Not translated yet");
  assert.equal(markText(reading("done")), "Machine-translated from French");
  assert.equal(markText(reading("done", { via: "nl" })), "Machine-translated from French via Dutch");
  assert.equal(markText(reading("done", { from: null })), "Machine-translated");
});

test("the mark below one's own says what the other side gets", () => {
  assert.equal(markText(reading("waiting", { own: true })), "Translating into English…");
  assert.equal(markText(reading("late", { own: true })), "Not translated yet");
  assert.equal(markText(reading("done", { own: true, via: "nl" })), "Sent in English too");
});

test("what was not translated says why, for each reason that there is", () => {
  const reasons = Object.keys(english).filter((key) => key.startsWith("translation.why_")).map((key) => key.slice("translation.why_".length));
  assert.equal(reasons.length, 6);
  for (const reason of reasons) {
    const why = english[`translation.why_${reason}`].replace("{language}", "English");
    assert.equal(markText(reading("not", { reason })), `Not translated: ${why}`);
  }
  assert.equal(markText(reading("not")), "Not translated: the translator failed");
});

test("above the field stands what the other side reads, and a warning where that is the original", () => {
  assert.deepEqual(otherReads(lena(), "Ada"), said("Ada reads English"));
  assert.deepEqual(otherReads(ada(), "Lena"), said("Lena reads French"));
  const original = warned("Ada reads English. Messages are not translated now.");
  assert.deepEqual(otherReads(lena({}, "fr", {}), "Ada"), original);
  assert.deepEqual(otherReads(lena({}, null), "Ada"), original, "mine is not known");
  assert.deepEqual(otherReads(ada({ language: null }), "Lena"), warned("Lena reads French. Messages are not translated now."));
  assert.deepEqual(otherReads(lena({ language: null }), "Ada"), warned("Ada: language unknown. Messages are not translated."));
});

test("one way is no promise for the other", () => {
  const oneWay = { fr: ["en"] };
  assert.deepEqual(otherReads(lena({}, "fr", oneWay), "Ada"), said("Ada reads English"));
  assert.deepEqual(otherReads(ada({}, oneWay), "Lena"), warned("Lena reads French. Messages are not translated now."));
});

test("nothing is said where nothing is translated, or nothing has to be", () => {
  assert.equal(otherReads(lena({ translates: false }), "Ada"), null);
  assert.equal(otherReads(ada({ translates: false }), "Lena"), null);
  assert.equal(otherReads(ada({ reader: null }), "Lena"), null, "nobody is in the chat");
  assert.equal(otherReads(ada({ reader: "en-GB" }), "Lena"), null);
  assert.deepEqual(otherReads(lena({}, "en"), "Ada"), said("Ada reads English"), "a technician of many languages is told all the same");
});

test("a long name is shortened", () => {
  assert.match(otherReads(lena(), "Ada ".repeat(30)).text, /^Ada Ada .{0,20}… reads English$/);
});
