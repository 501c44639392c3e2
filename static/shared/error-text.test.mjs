// What went wrong, in words: of the page where it has some, else of the server.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { errorText } from "./error-text.ts";
import { chooseLanguage, startTexts } from "./i18n.ts";
import { Refusal, Unreachable } from "./refusal.ts";

const english = {
  "error.unreachable": "No server.",
  "error.unknown": "Something.",
  "error.bad_input": "Check it.",
  "error.too_many": { one: "In {n} second.", other: "In {n} seconds." },
};

before(async () => {
  globalThis.document = { documentElement: {} };
  // Node.js has none before version 21
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { languages: ["en"] } });
  await startTexts(english, { fr: async () => ({ "error.bad_input": "Vérifiez." }) });
});

function refused(code, more = {}) {
  return new Refusal({ code, message: "said by the server", ...more });
}

test("a code has its own words, with the seconds to wait; a code without them what the server says", () => {
  assert.equal(errorText(refused("too_many", { retry_after_ms: 2_100 })), "In 3 seconds.");
  assert.equal(errorText(refused("too_many")), "In 1 second.");
  assert.equal(errorText(refused("toString")), "said by the server");
  assert.equal(errorText(new Unreachable()), "No server.");
  assert.equal(errorText(new TypeError("undefined is not a function")), "Something.");
});

test("of an input the server says exactly what is wrong, to those who read English", async () => {
  assert.equal(errorText(refused("bad_input")), "said by the server");
  await chooseLanguage("fr");
  assert.equal(errorText(refused("bad_input")), "Vérifiez.");
});
