import assert from "node:assert/strict";
import { test } from "node:test";
import { ways } from "./ways.ts";

test("both ways between all of them", () => {
  assert.equal(ways({ en: ["fr"], fr: ["en"] }), "English ↔ French");
  assert.equal(ways({ nl: ["en", "fr"], en: ["fr", "nl"], fr: ["en", "nl"] }), "Dutch ↔ English ↔ French");
});

test("else from each into which", () => {
  assert.equal(ways({ fr: ["en"] }), "French → English");
  assert.equal(ways({ en: ["nl"], fr: ["en", "nl"] }), "English → Dutch; French → English, Dutch");
});

test("nothing", () => assert.equal(ways({}), ""));
