import assert from "node:assert/strict";
import { test } from "node:test";
import { rows } from "./rows.ts";

const NOON = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;
const ada = { role: "customer", name: "Ada", id: null };
const lena = { role: "technician", name: "Lena", id: "l" };

const message = (seq, author, at, more = {}) => ({
  seq,
  event: { kind: "message", id: `e${seq}`, at, author, text: `text ${seq}`, client_id: null, ...more },
});
const joined = (seq, at) => ({ seq, event: { kind: "joined", id: `e${seq}`, at, author: lena, status: "open", chat: "joined" } });
const item = (client_id, state = "queued") => ({ client_id, kind: "message", text: client_id, at: NOON + MINUTE, state, reason: null });

function shown(more) {
  return rows({ lines: [], items: [], side: "customer", readByOther: null, newAfter: null, ...more });
}

const kinds = (list) => list.map(({ row }) => row);

test("a day begins with its name, bubbles of one author within a minute stand together", () => {
  const lines = [message(1, ada, NOON), message(2, ada, NOON + 1000), message(3, lena, NOON + 2000), message(4, lena, NOON + 3 * MINUTE)];
  const [day, one, two, three, four] = shown({ lines });
  assert.equal(day.row, "day");
  assert.deepEqual([one, two, three, four].map(({ first, last }) => [first, last]), [
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test("midnight separates", () => {
  const lines = [message(1, ada, NOON), message(2, ada, NOON + 24 * 60 * MINUTE)];
  assert.deepEqual(kinds(shown({ lines })), ["day", "bubble", "day", "bubble"]);
});

test("a system line separates a group", () => {
  const lines = [message(1, lena, NOON), joined(2, NOON + 1), message(3, lena, NOON + 2)];
  assert.deepEqual(kinds(shown({ lines })), ["day", "bubble", "system", "bubble"]);
  assert.ok(shown({ lines }).at(-1).first);
});

test("the divider stands before the first new line, never above everything", () => {
  const lines = [message(4, ada, NOON), message(5, lena, NOON + 1), message(6, lena, NOON + 2)];
  assert.deepEqual(kinds(shown({ lines, newAfter: 4 })), ["day", "bubble", "new", "bubble", "bubble"]);
  assert.deepEqual(kinds(shown({ lines, newAfter: 2 })), ["day", "bubble", "bubble", "bubble"]);
  assert.deepEqual(kinds(shown({ lines, newAfter: 6 })), ["day", "bubble", "bubble", "bubble"]);
});

test("a mark stands once, under the last message that it is true of (C-06)", () => {
  const lines = [1, 2, 3, 4].map((seq) => message(seq, ada, NOON + seq));
  const marks = shown({ lines, readByOther: { event: "e2", seq: 2 }, items: [item("a", "sending")] })
    .filter(({ row }) => row === "bubble")
    .map(({ delivery }) => delivery);
  assert.deepEqual(marks, [null, "read", null, "sent", "sending"]);
});

test("every failed message says so", () => {
  const marks = shown({ items: [item("a", "failed"), item("b", "failed")] }).slice(1);
  assert.deepEqual(marks.map(({ delivery }) => delivery), ["failed", "failed"]);
});

test("a message whose event has arrived before its ack is shown once, as the same element", () => {
  const pending = shown({ items: [item("c1", "sending")] });
  const arrived = shown({ lines: [message(1, ada, NOON, { client_id: "c1" })], items: [item("c1", "sending")] });
  assert.deepEqual(kinds(arrived), ["day", "bubble"]);
  assert.equal(arrived[1].key, pending[1].key);
});

test("whose side a bubble stands on depends on who reads", () => {
  const lines = [message(1, ada, NOON), message(2, lena, NOON)];
  const own = (side) => shown({ lines, side }).slice(1).map((row) => row.own);
  assert.deepEqual(own("customer"), [true, false]);
  assert.deepEqual(own("technician"), [false, true]);
});

test("notes are notes and carry no mark", () => {
  const note = { seq: 1, event: { kind: "note", id: "n", at: NOON, author: lena, text: "internal", client_id: "c" } };
  const [, row] = shown({ lines: [note], side: "technician" });
  assert.deepEqual([row.note, row.delivery], [true, null]);
});

test("a file stands among its author's messages, under the same key as while it was on its way", () => {
  const file = { id: "f", name: "printer.log", media_type: "text/plain", size: 1, width: null, height: null, thumbnail: false };
  const sent = { seq: 2, event: { kind: "file", id: "e2", at: NOON + 1, author: ada, file, client_id: "c2" } };
  const [, one, two] = shown({ lines: [message(1, ada, NOON), sent], readByOther: { seq: 2 } });
  assert.deepEqual([one.first, one.last, two.first, two.last], [true, false, false, true]);
  assert.deepEqual([two.key, two.file, two.text, two.own, two.delivery], ["c2", sent.event, "", true, "read"]);
});
