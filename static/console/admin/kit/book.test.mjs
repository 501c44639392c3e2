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

describe("a book of which there may be any number", () => {
  /** Customers by address, two on a page. */
  function server(...names) {
    const asked = [];
    const items = new Map(names.map((name) => [name, { id: name }]));
    globalThis.fetch = async (address) => {
      const url = new URL(address, "http://desk");
      asked.push(url.pathname.split("/").at(-1) + url.search);
      const one = url.pathname.split("/customers/")[1];
      if (one) {
        const item = items.get(one);
        return new Response(JSON.stringify(item ?? { code: "not_found", message: "" }), { status: item ? 200 : 404 });
      }
      const { search = "", after = "" } = Object.fromEntries(url.searchParams);
      const found = [...items.values()].filter(({ id }) => id.includes(search) && id > after);
      return new Response(JSON.stringify({ items: found.slice(0, 2), more: found.length > 2 }));
    };
    return { asked, items };
  }
  const shown = (book) => [book.items.map(({ id }) => id).join(""), book.more];

  test("comes in pages, which stay when somebody changes one, and is searched by the server", async () => {
    const { asked, items } = server("a", "b", "c", "d", "e");
    const book = new Book("customer_account", "c1");
    await book.look();
    assert.deepEqual(shown(book), ["ab", true]);
    await book.further();
    assert.deepEqual(shown(book), ["abcd", true]);
    items.delete("b");
    await book.look();
    assert.deepEqual(shown(book), ["acde", false]);
    book.seek("e");
    await book.look();
    assert.deepEqual(shown(book), ["e", false]);
    assert.equal(asked.at(-1), "customers?company=c1&search=e");
  });

  test("what is open is known whatever is searched for, until it is gone", async () => {
    const { items } = server("a", "b", "c");
    const book = new Book("customer_account", "c1");
    book.keep({ id: "c" });
    items.set("c", { id: "c", name: "Cleo" });
    book.seek("a");
    await book.look();
    assert.deepEqual([shown(book), book.get("c").name], [["a", false], "Cleo"]);
    items.delete("c");
    await book.look();
    assert.equal(book.get("c"), undefined);
  });
});
