import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLinks } from "./links.ts";

const texts = (pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : [piece.text]));

test("links are found between words, and the sentence keeps its punctuation", () => {
  assert.deepEqual(texts(splitLinks("See https://example.com/a?b=1, or (http://example.org).")), [
    "See ",
    ["https://example.com/a?b=1"],
    ", or (",
    ["http://example.org"],
    ").",
  ]);
});

test("a bracket that belongs to the link stays in it", () => {
  assert.deepEqual(texts(splitLinks("https://example.com/Printer_(device)")), [["https://example.com/Printer_(device)"]]);
});

test("mail addresses are links only when they are written as such", () => {
  assert.deepEqual(texts(splitLinks("mailto:a@example.com b@example.com")), [["mailto:a@example.com"], " b@example.com"]);
});

for (const hostile of [
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "https://",
  "http://[bad",
]) {
  test(`no link: ${hostile}`, () => assert.deepEqual(splitLinks(hostile), [hostile]));
}

test("nothing is lost and nothing is added", () => {
  const text = "a https://x.example/<b> \n mailto: https://y.example!?\"";
  assert.equal(splitLinks(text).map((piece) => (typeof piece === "string" ? piece : piece.text)).join(""), text);
});
