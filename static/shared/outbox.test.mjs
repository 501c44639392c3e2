// The outbox against a server that loses answers, refuses and counts differently; storage is in memory here.
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { Outbox } from "./outbox.ts";
import { Refusal, Unreachable } from "./refusal.ts";
import { forget, keysWith } from "./storage.ts";

globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;

/** Stores what it is sent the way the real server does: by client_id, with one number per stream. */
class Server {
  stored = [];
  last = new Map();
  answers = [];

  send = async ({ stream, n, client_id, text }) => {
    const answer = this.answers.shift();
    if (answer === "lost before") throw new Unreachable();
    if (answer instanceof Refusal) throw answer;
    const known = this.stored.some((message) => message.client_id === client_id);
    const last = this.last.get(stream) ?? 0;
    if (!known && n > last + 1) throw refusal("resend_from", { resend_from: last + 1 });
    if (!known && n <= last) throw refusal("conflict");
    if (!known) {
      this.stored.push({ client_id, text });
      this.last.set(stream, n);
    }
    if (answer === "lost after") throw new Unreachable();
  };

  get texts() {
    return this.stored.map(({ text }) => text);
  }
}

const refusal = (code, more = {}) => new Refusal({ code, message: code, ...more });

async function settled(outbox) {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  return outbox.items;
}

const opened = [];

function outboxTo(server, ticket = "ticket") {
  const outbox = new Outbox("me", ticket, server.send);
  opened.push(outbox);
  return outbox;
}

afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.dispose();
  for (const key of keysWith("")) forget(key);
});

test("nothing leaves before the ticket is watched; then everything, in order", async () => {
  const server = new Server();
  const outbox = outboxTo(server);
  outbox.add("one");
  outbox.add("two");
  await settled(outbox);
  assert.deepEqual(server.texts, []);
  outbox.ready();
  assert.deepEqual(await settled(outbox), []);
  assert.deepEqual(server.texts, ["one", "two"]);
});

test("an answer that got lost leads to no second message (C-06)", async () => {
  const server = new Server();
  server.answers = ["lost after"];
  const outbox = outboxTo(server);
  outbox.ready();
  outbox.add("once");
  const [item] = await settled(outbox);
  assert.equal(item.state, "queued");
  outbox.pause();
  outbox.ready();
  outbox.add("then");
  assert.deepEqual(await settled(outbox), []);
  assert.deepEqual(server.texts, ["once", "then"]);
});

test("the event may come before the ack", async () => {
  const server = new Server();
  server.answers = ["lost after"];
  const outbox = outboxTo(server);
  outbox.ready();
  outbox.add("one");
  await settled(outbox);
  outbox.stored(server.stored[0].client_id);
  outbox.ready();
  outbox.add("two");
  assert.deepEqual(await settled(outbox), []);
  assert.deepEqual(server.texts, ["one", "two"]);
});

test("a refused message stays with its reason, the next ones pass", async () => {
  const server = new Server();
  server.answers = [refusal("too_large")];
  const outbox = outboxTo(server);
  outbox.ready();
  outbox.add("too large");
  outbox.add("fine");
  const [item, ...rest] = await settled(outbox);
  assert.deepEqual([item.text, item.state, item.reason, rest.length], ["too large", "failed", "too_large", 0]);
  assert.deepEqual(server.texts, ["fine"]);
  outbox.retry(item.client_id);
  assert.deepEqual(await settled(outbox), []);
  assert.deepEqual(server.texts, ["fine", "too large"]);
});

test("a busy server is asked again after the time that it names", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const server = new Server();
    server.answers = [refusal("too_many", { retry_after_ms: 700 })];
    const outbox = outboxTo(server);
    outbox.ready();
    await settled(outbox);
    outbox.add("patient");
    await settled(outbox);
    mock.timers.tick(699);
    assert.equal((await settled(outbox)).length, 1);
    mock.timers.tick(1);
    assert.deepEqual(await settled(outbox), []);
    assert.deepEqual(server.texts, ["patient"]);
  } finally {
    mock.timers.reset();
  }
});

test("a server that was restored counts from less; ours follows", async () => {
  const server = new Server();
  const outbox = outboxTo(server);
  outbox.ready();
  outbox.add("one");
  outbox.add("two");
  await settled(outbox);
  server.last.clear();
  outbox.add("three");
  assert.deepEqual(await settled(outbox), []);
  assert.deepEqual(server.texts, ["one", "two", "three"]);
});

test("what another tab left behind is adopted and goes first, under its own numbers", async () => {
  const server = new Server();
  const crashed = outboxTo(server);
  server.answers = ["lost after"];
  crashed.ready();
  crashed.add("written before the crash");
  await settled(crashed);
  crashed.dispose();
  const next = outboxTo(server);
  next.add("written after");
  assert.deepEqual((await settled(next)).map(({ text }) => text), ["written before the crash", "written after"]);
  next.ready();
  assert.deepEqual(await settled(next), []);
  assert.deepEqual(server.texts, ["written before the crash", "written after"]);
});

test("another ticket's messages are left alone", async () => {
  const server = new Server();
  const other = outboxTo(server, "other");
  other.add("elsewhere");
  other.dispose();
  assert.deepEqual(await settled(outboxTo(server)), []);
});

test("forgetting the device leaves nothing behind", async () => {
  const outbox = outboxTo(new Server());
  outbox.add("secret");
  await settled(outbox);
  outbox.clear();
  assert.deepEqual(keysWith("outbox:"), []);
});
