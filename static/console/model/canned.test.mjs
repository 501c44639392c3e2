// Canned replies: found by their words, in the right language, with the right names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, found, textIn } from "./canned.ts";

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

test("the customer's language comes first, then mine, then any", () => {
  assert.equal(textIn(HELLO, ["fr-CA", "en"]), "Bonjour {customer}");
  assert.equal(textIn(HELLO, [null, "en"]), "Hello {customer}");
  assert.equal(textIn(BYE, ["ru", "en"]), "Au revoir");
});

test("placeholders are filled once, and unknown ones stay to be seen", () => {
  const values = { customer: "{key}", key: "ACME-1" };
  assert.equal(filled("{customer}: {key} {opens}", values), "{key}: ACME-1 {opens}");
});
