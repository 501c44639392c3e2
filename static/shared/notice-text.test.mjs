// The markup of notices: what it can, and that nothing else comes out of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks } from "./notice-text.ts";

/** As somebody would write it: *italic*, **bold**, <address|words>. */
const drawn = (text) =>
  blocks(text).map(({ list, lines }) => lines.map((line) => (list ? "- " : "") + line.map(piece).join("")).join("/"));
const piece = ({ text, bold, italic, href }) =>
  (href ? `<${href}|` : "") + (bold ? "B(" : "") + (italic ? "I(" : "") + text + (italic ? ")" : "") + (bold ? ")" : "") + (href ? ">" : "");

test("bold, italic, lists, links and paragraphs (B-51)", () => {
  assert.deepEqual(drawn("**Mail** is *slow*.\nWe work on it.\n\n- one\n- **two**\nSee [the page](https://status.example.com/a?b=1)."), [
    "B(Mail) is I(slow)./We work on it.",
    "- one/- B(two)",
    "See <https://status.example.com/a?b=1|the page>.",
  ]);
  assert.deepEqual(drawn("**all *of* [it](mailto:help@example.com)**"), ["B(all )B(I(of))B( )<mailto:help@example.com|B(it)>"]);
});

test("an address as it is, without the full stop after it", () => {
  assert.deepEqual(drawn("Look (https://a.example/x?y=1) or https://b.example."), [
    "Look (<https://a.example/x?y=1|https://a.example/x?y=1>) or <https://b.example/|https://b.example>.",
  ]);
});

test("marks without an end, and what only looks like a mark, are text", () => {
  for (const text of ["2 * 3 * 4", "a ** b", "**open", "[words]", "[words](", "- ", "-5 °C", "****"]) {
    const whole = blocks(text).flatMap(({ lines }) => lines.flat());
    assert.ok(whole.every(({ href }) => href === null), text);
  }
  for (const text of ["2 * 3 * 4", "a ** b", "**open", "- "]) assert.deepEqual(drawn(text), [text === "- " ? "- " : text]);
});

test("hostile notices: no address but https and mailto, no markup but ours", () => {
  for (const address of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "http://evil.example",
    "https:evil",
    "vbscript:x",
    "\u0001javascript:x",
    "https://",
  ]) {
    const [{ lines }] = blocks(`[here](${address})`);
    assert.ok(lines.flat().every(({ href }) => href === null), address);
  }
  const [{ lines }] = blocks('<img src=x onerror=alert(1)> [<b>](https://a.example/"><script>) **<script>**');
  assert.deepEqual(lines.flat().map(({ text }) => text), ["<img src=x onerror=alert(1)> ", "<b>", " ", "<script>"]);
  assert.equal(lines.flat()[1].href, "https://a.example/%22%3E%3Cscript%3E");
  assert.deepEqual(drawn("[https://b.example](https://a.example/) [x](javascript:https://c.example)"), ["<https://a.example/|https://b.example> [x](javascript:https://c.example)"]);
});

test("of a text as long as may be nothing gets lost but marks", () => {
  for (const text of ["*".repeat(1_020), "[".repeat(1_020), "**a".repeat(340), "*a*".repeat(340), "[a](".repeat(255)]) {
    const said = blocks(text).flatMap(({ lines }) => lines.flat().map((one) => one.text)).join("");
    assert.equal(said.replaceAll("*", ""), text.replaceAll("*", ""));
  }
});
