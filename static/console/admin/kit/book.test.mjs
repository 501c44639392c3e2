import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { texts } from "../texts.ts";
import { Book } from "./book.ts";

const fetched = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = fetched;
});

/** Answers that are given when the test says so. */
function slowServer() {
  const waiting = [];
  globalThis.fetch = () => new Promise((resolve) => waiting.push(resolve));
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  return {
    asked: () => waiting.length,
    say: async (...names) => {
      waiting.shift()(new Response(JSON.stringify({ items: names.map((name) => ({ id: name })) })));
      await tick();
    },
  };
}

describe("a book", () => {
  test("whoever asks while an answer is on its way gets one that was asked for afterwards; many ask once", async () => {
    await texts.ready();
    const server = slowServer();
    const book = new Book("team", "c1");
    const seen = [];
    void book.look().then(() => seen.push("first"));
    const later = [book.look(), book.look()].map((look) => look.then(() => seen.push(book.items[0].id)));
    assert.equal(server.asked(), 1);
    await server.say("old");
    assert.deepEqual([seen, server.asked()], [["first"], 1]);
    await server.say("new");
    await Promise.all(later);
    assert.deepEqual([seen, server.asked()], [["first", "new", "new"], 0]);
  });
});
