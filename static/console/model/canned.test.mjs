// Canned replies: found by their words, in the right language, with the right names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choice, filled, found } from "./canned.ts";

const reply = (category, title, texts) => ({ id: title, version: 1, company: "c", category, title, texts });
const HELLO = reply("Greetings", "Welcome", { en: "Hello {customer}", fr: "Bonjour {customer}" });
const OFF = reply("Printers", "Off and on", { en: "Please switch it off", nl: "Zet hem even uit" });
const BYE = reply("Greetings", "À bientôt", { fr: "Au revoir" });

test("all words must be there, whatever their accents and wherever they stand", () => {
  assert.deepEqual(found([HELLO, OFF, BYE], "").map(({ category, replies }) => [category, replies.length]), [
    ["Greetings", 2],
    ["Printers", 1],
  ]);
  assert.deepEqual(found([HELLO, OFF, BYE], "A BIENTOT  greet").map(({ replies }) => replies[0].title), ["À bientôt"]);
  assert.deepEqual(found([HELLO, OFF, BYE], "switch bonjour"), []);
});

const BETWEEN = { theirs: "en", mine: "fr", translates: true, possible: { en: ["fr"], fr: ["en"] } };
const spoken = (lang, text) => ({ lang, text });

test("the customer's language comes first, with the words of mine beside it; then mine; then any", () => {
  const [hello, bonjour] = [spoken("en", "Hello {customer}"), spoken("fr", "Bonjour {customer}")];
  assert.deepEqual(choice(HELLO, BETWEEN), { sent: hello, meant: bonjour, way: "same" });
  assert.deepEqual(choice(HELLO, { ...BETWEEN, theirs: "fr-CA" }), { sent: bonjour, meant: null, way: "same" });
  assert.deepEqual(choice(HELLO, { ...BETWEEN, theirs: null }), { sent: bonjour, meant: null, way: "same" });
  assert.equal(choice(OFF, { ...BETWEEN, theirs: "ru", possible: { nl: ["ru"] } }).sent.lang, "nl");
  assert.equal(choice(reply("Empty", "Empty", {}), BETWEEN), null);
});

test("what is in another language than the customer's is translated, or it is said that it is not", () => {
  const bye = spoken("fr", "Au revoir");
  assert.deepEqual(choice(BYE, BETWEEN), { sent: bye, meant: null, way: "translated" });
  assert.equal(choice(BYE, { ...BETWEEN, translates: false }).way, "foreign");
  assert.equal(choice(BYE, { ...BETWEEN, possible: { en: ["ru"], ru: ["en"] } }).way, "foreign");
});

test("placeholders are filled once, and unknown ones stay to be seen", () => {
  const values = { customer: "{key}", key: "ACME-1" };
  assert.equal(filled("{customer}: {key} {opens}", values), "{key}: ACME-1 {opens}");
});
