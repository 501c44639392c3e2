import assert from "node:assert/strict";
import { test } from "node:test";
import * as core from "./outbox-core.ts";

function boxOf(...ids) {
  return ids.reduce((box, id, at) => core.add(box, { client_id: id, kind: "message", text: id, at }), core.emptyBox("s"));
}

const ids = (box) => box.items.map(({ client_id }) => client_id);

test("messages leave in the order in which they were written, each under the next number", () => {
  let box = boxOf("a", "b");
  assert.equal(core.head(box).client_id, "a");
  box = core.stored(core.sending(box, "a"), "a");
  assert.equal(core.head(box).client_id, "b");
  assert.equal(box.next, 2);
});

test("the ack and the event of one message use up one number", () => {
  const box = core.stored(boxOf("a"), "a");
  assert.equal(core.stored(box, "a"), box);
});

test("a refused message leaves no hole: the next one takes its number", () => {
  const box = core.failed(core.sending(boxOf("a", "b"), "a"), "a", "too_large");
  assert.equal(box.next, 1);
  assert.equal(core.head(box).client_id, "b");
  assert.deepEqual([box.items[0].state, box.items[0].reason], ["failed", "too_large"]);
});

test("an interrupted message goes again under the same number and id (C-06)", () => {
  const box = core.interrupted(core.sending(boxOf("a"), "a"));
  assert.deepEqual([core.head(box).client_id, core.head(box).state, box.next], ["a", "queued", 1]);
});

test("a retry goes to the end; only what has failed can be retried or thrown away", () => {
  const box = core.failed(boxOf("a", "b"), "a", "chat_ended");
  assert.deepEqual(ids(core.retry(box, "a")), ["b", "a"]);
  assert.equal(core.retry(box, "b"), box);
  assert.deepEqual(ids(core.discard(box, "a")), ["b"]);
  assert.deepEqual(ids(core.discard(box, "b")), ["a", "b"]);
});

test("the server's count holds, and a stream that is taken is left", () => {
  assert.equal(core.resendFrom(core.sending(boxOf("a"), "a"), 4).next, 4);
  const moved = core.restream(core.sending(boxOf("a"), "a"), "t");
  assert.deepEqual([moved.stream, moved.next, core.head(moved).state], ["t", 1, "queued"]);
});
