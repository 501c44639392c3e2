// The watched transcripts: resume from the own position, gaps, what is out of reach, unsent messages.
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { forget, keysWith } from "../../shared/storage.ts";
import { Chats, isHere } from "./chats.ts";
import { FakeConnection, hint, message, page, refusal, settled, ticket } from "./fake-server.mjs";

globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;

const opened = [];

function started() {
  const connection = new FakeConnection();
  connection.answer("watch", ({ ticket: id }) => page(ticket(Number(id.slice(1))), [message(1), message(2)]));
  const chats = new Chats(connection, "lena");
  opened.push(chats);
  return { connection, chats };
}

const texts = (chats, id) => chats.get(id).transcript.lines.map(({ event }) => event.text);

afterEach(() => {
  for (const chats of opened.splice(0)) chats.dispose();
  for (const key of keysWith("")) forget(key);
});

test("what matters is watched, what no longer matters is not", async () => {
  const { connection, chats } = started();
  chats.keep(["t1", "t2"]);
  await settled();
  assert.equal(chats.summary("t2").key, "ACME-2");
  chats.keep(["t2", "t3"]);
  await settled();
  assert.deepEqual(connection.posted, [{ type: "unwatch", ticket: "t1" }]);
  assert.deepEqual(connection.of("watch").map((command) => command.ticket), ["t1", "t2", "t3"]);
});

test("a socket may watch 128 tickets: of very many of mine the first hundred are", async () => {
  const { connection, chats } = started();
  chats.keep(Array.from({ length: 300 }, (_, i) => `t${i}`));
  await settled();
  assert.equal(connection.of("watch").length, 100);
});

test("after a break the transcript goes on from its own number and epoch", async () => {
  const { connection, chats } = started();
  chats.keep(["t1"]);
  await settled();
  chats.pause();
  connection.answer("watch", page(ticket(1), [message(3)]));
  chats.start();
  await settled();
  assert.deepEqual(connection.of("watch").at(-1), { type: "watch", ticket: "t1", after: 2, epoch: "one" });
  assert.deepEqual(texts(chats, "t1"), ["text 1", "text 2", "text 3"]);
});

test("a missing number, or a higher one in the heartbeat, is fetched", async () => {
  const { connection, chats } = started();
  chats.keep(["t1"]);
  await settled();
  connection.answer("watch", page(ticket(1), [message(3), message(4)]));
  chats.event({ type: "event", ticket: "t1", ...message(4) });
  await settled();
  assert.deepEqual(texts(chats, "t1"), ["text 1", "text 2", "text 3", "text 4"]);
  connection.answer("watch", page(ticket(1), [message(5)]));
  chats.tails({ t1: 5 });
  await settled();
  assert.equal(texts(chats, "t1").length, 5);
});

test("a page that says more is followed by the next", async () => {
  const { connection, chats } = started();
  const pages = [page(ticket(1), [message(1)], { more: true, tail: 2 }), page(ticket(1), [message(2)])];
  connection.answer("watch", () => pages.shift());
  chats.keep(["t1"]);
  await settled();
  assert.deepEqual(texts(chats, "t1"), ["text 1", "text 2"]);
});

test("out of reach: refused, told by the server, or away; nothing of it stays", async () => {
  const { connection, chats } = started();
  connection.answer("watch", refusal("not_found"));
  chats.keep(["t1"]);
  await settled();
  assert.equal(chats.get("t1").state, "gone");
  connection.answer("watch", page(ticket(1), [message(1)]));
  chats.retry("t1");
  await settled();
  assert.equal(chats.get("t1").state, "there");
  chats.forgetAllBut((id) => id === "t9");
  assert.equal(chats.get("t1").state, "gone");
  assert.equal(chats.get("t1").transcript.lines.length, 0);
  assert.equal(chats.summary("t1"), null);
});

test("a busy server is asked again a little later", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { connection, chats } = started();
  connection.answer("watch", refusal("busy"));
  chats.keep(["t1"]);
  await settled();
  connection.answer("watch", page(ticket(1), [message(1)]));
  mock.timers.tick(2_000);
  await settled();
  assert.equal(chats.get("t1").state, "there");
  mock.timers.reset();
});

test("a message goes out once the ticket is watched; a note by its own command; their numbers are one row", async () => {
  const { connection, chats } = started();
  connection.answer("send", { type: "ack", ref: 1, id: "e3", seq: 3 });
  connection.answer("note", { type: "ack", ref: 2, id: "e4", seq: 4 });
  connection.state = "connecting";
  chats.keep(["t1"]);
  chats.get("t1").outbox.add("for the customer");
  chats.get("t1").outbox.add("for us", "note");
  await settled();
  assert.equal(connection.of("send").length, 0);
  connection.state = "open";
  chats.start();
  await settled();
  const [sent] = connection.of("send");
  const [noted] = connection.of("note");
  assert.deepEqual([sent.text, sent.n, noted.text, noted.n], ["for the customer", 1, "for us", 2]);
  assert.equal(sent.stream, noted.stream);
});

test("a ticket in which a message still waits is kept until it has gone", async () => {
  const { connection, chats } = started();
  chats.keep(["t1"]);
  await settled();
  connection.state = "waiting";
  chats.pause();
  chats.get("t1").outbox.add("still here");
  chats.keep([]);
  assert.ok(chats.get("t1"));
  connection.state = "open";
  connection.answer("send", { type: "ack", ref: 1, id: "e3", seq: 3 });
  chats.start();
  await settled();
  chats.keep([]);
  assert.equal(chats.get("t1"), undefined);
});

test("summaries and hints replace what is known of the ticket, whole", async () => {
  const { chats } = started();
  chats.keep(["t1"]);
  await settled();
  chats.ticket(ticket(1, { status: "in_progress" }));
  chats.hint({ type: "hint", hint: hint(ticket(1), { unread: 3 }) });
  const details = chats.get("t1").transcript.ticket;
  assert.deepEqual([details.summary.status, details.hint.unread], ["in_progress", 3]);
});

test("typing holds for 6 s; my own is no news", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { chats } = started();
  chats.keep(["t1"]);
  await settled();
  chats.typing({ type: "typing", ticket: "t1", author: { role: "technician", name: "Lena", id: "lena" } });
  assert.equal(chats.get("t1").transcript.typing.length, 0);
  chats.typing({ type: "typing", ticket: "t1", author: { role: "customer", name: "Ada", id: null } });
  assert.equal(chats.get("t1").transcript.typing.length, 1);
  mock.timers.tick(6_100);
  assert.equal(chats.get("t1").transcript.typing.length, 0);
  mock.timers.reset();
});

test("older lines come before the first one", async () => {
  const { connection, chats } = started();
  connection.answer("watch", page(ticket(1), [message(51)], { older: true }));
  connection.answer("older", ({ before }) => {
    assert.equal(before, 51);
    return { type: "older", ref: 1, ticket: "t1", events: [message(50)], older: false };
  });
  chats.keep(["t1"]);
  await settled();
  await chats.older("t1");
  assert.deepEqual(texts(chats, "t1"), ["text 50", "text 51"]);
});

test("a customer without a socket counts as such for a minute after the last sign (C-03)", async () => {
  const { chats } = started();
  chats.keep(["t1"]);
  await settled();
  let drawn = 0;
  chats.listen(() => (drawn += 1));
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  chats.slowPath("t1");
  chats.slowPath("of nobody here");
  assert.deepEqual([chats.get("t1").slowUntil, drawn], [1_060_000, 1]);
  mock.timers.reset();
});

test("whether the customer is connected is forgotten after 35 s without news; over HTTP counts too", async () => {
  const { chats } = started();
  chats.keep(["t1"]);
  await settled();
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const here = (ticket, now) => isHere(chats.get(ticket), now);
  assert.equal(here("t1", 1_000_000), false);
  chats.customerHere({ type: "customer_here", ticket: "t1", here: true });
  chats.customerHere({ type: "customer_here", ticket: "of nobody here", here: true });
  assert.deepEqual([here("t1", 1_034_999), here("t1", 1_035_000)], [true, false]);
  chats.customerHere({ type: "customer_here", ticket: "t1", here: false });
  assert.equal(here("t1", 1_000_000), false);
  chats.slowPath("t1");
  assert.equal(here("t1", 1_000_000), true);
  mock.timers.reset();
});
