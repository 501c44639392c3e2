// What notices and opening hours mean to a customer: where he is, and when the page changes by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nextMoment } from "./moments.ts";
import { standingOf } from "./standing.ts";

const ticket = { status: "open", chat: "not_joined" };
const lines = (...events) => events.map((event, at) => ({ seq: at + 1, event }));
const waits = (notice) => ({ kind: "waits_for_news", notice });

test("a page looks again at the first of all moments that it knows (B-51, B-60)", () => {
  const portal = { opens_at: null, closes_at: 300, notices: [{ expires_at: null }, { expires_at: 200 }] };
  assert.equal(nextMoment(portal), 200);
  assert.equal(nextMoment({ ...portal, notices: [] }), 300);
  assert.equal(nextMoment({ opens_at: null, closes_at: null, notices: [{ expires_at: null }] }), null);
});

test("this is mine is offered to visitors and to those who wait in a queue (B-50)", () => {
  assert.equal(standingOf(null, null, []).state, "visitor");
  assert.equal(standingOf(ticket, 2, []).state, "waiting");
  assert.equal(standingOf({ ...ticket, chat: "joined" }, null, []).state, "other");
  assert.equal(standingOf({ ...ticket, status: "done", chat: "ended" }, null, lines(waits("a"))).state, "other");
});

test("who waits for news does so until he goes on, ends the chat himself, or the notice is over", () => {
  const ended = { ...ticket, chat: "ended" };
  const over = { kind: "news", change: "over", notice: "a" };
  assert.deepEqual(standingOf(ended, null, lines(waits("a"), { kind: "news", change: "changed", notice: "a" })), { state: "leaves", notices: ["a"] });
  for (const [events, state] of [
    [[waits("a"), over], "other"],
    [[waits("a"), waits("b"), over], "leaves"],
    [[waits("a"), { kind: "chat_resumed" }, { kind: "chat_ended" }], "other"],
  ]) assert.equal(standingOf(ended, null, lines(...events)).state, state);
});
