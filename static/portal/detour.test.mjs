// The wire without a WebSocket, against a server and sockets that we hold in our hands: no network, no real time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Detour } from "./detour.ts";

const EVENTS = "/api/v1/customer/tickets/t1/events";
const ticket = { id: "t1", key: "ACME-1", status: "open", chat: "not_joined", technician: null, unread: 0 };

let asked;
let sockets;
let told;
let ended;
let wire;

/** Lets everything go on that waits for an answer that is there. */
async function settled() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

class FakeSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  sent = [];

  constructor() {
    sockets.push(this);
  }

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close() {
    this.closed = true;
  }
}

/** A request is on its way until the test answers it. */
function fakeFetch(path, { method, headers, body, signal }) {
  return new Promise((resolve, reject) => {
    const answer = (json, status = 200) => resolve({ ok: status < 400, status, statusText: "", headers: new Headers(), json: async () => json });
    const lose = () => reject(new TypeError("Failed to fetch"));
    signal.addEventListener("abort", lose);
    asked.push({ path, method, token: headers.Authorization, body: body && JSON.parse(body), answer, lose });
  });
}

const last = () => asked.at(-1);
const line = (seq, text = `text ${seq}`) => ({ seq, event: { kind: "message", id: `e${seq}`, text } });

function events(lines, more = {}) {
  const read = { customer: null, technician: null };
  return { epoch: "one", recovered: true, events: lines, more: false, tail: lines.at(-1)?.seq ?? 0, ticket, ahead: 2, read, ...more };
}

async function give(json, status) {
  last().answer(json, status);
  await settled();
}

async function say(command) {
  wire.send(JSON.stringify(command));
  await settled();
}

/** HTTP answers, the socket does not: the detour is open. */
async function greeted() {
  await say({ type: "hello", portal: "demo", token: "secret" });
  sockets.at(-1).onclose({ code: 1006 });
  await give({ known: true });
  told.length = 0;
}

/** And the ticket is watched, with two events in it. */
async function watching() {
  await greeted();
  await say({ type: "watch", ref: 1, ticket: "t1" });
  await give(events([line(1), line(2)]));
  told.length = 0;
}

/** The answers come without news. */
async function waitForMinute() {
  for (let waits = 0; waits < 3; waits += 1) {
    mock.timers.tick(20_000);
    await give(events([], { tail: 2 }));
  }
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
  globalThis.dispatchEvent = page.dispatchEvent.bind(page);
  globalThis.location = new URL("http://desk.example/p/demo");
  globalThis.WebSocket = FakeSocket;
  mock.method(globalThis, "fetch", fakeFetch);
  asked = [];
  sockets = [];
  told = [];
  ended = null;
  wire = new Detour("/ws/v1/customer");
  wire.onmessage = ({ data }) => told.push(JSON.parse(data));
  wire.onclose = ({ code }) => (ended = code);
});

afterEach(() => {
  wire.close();
  mock.timers.reset();
  mock.restoreAll();
});

test("opens by itself, as a socket does", async () => {
  let opened = 0;
  new Detour("/ws/v1/customer").onopen = () => (opened += 1);
  await settled();
  assert.equal(opened, 1);
});

test("HTTP answers and a socket does not: welcome; the token is never in an address (C-03)", async () => {
  await say({ type: "hello", portal: "demo", token: "secret" });
  assert.deepEqual([last().path, last().token], ["/api/v1/portals/demo/session", "Bearer secret"]);
  await give({ known: true, languages: { en: ["fr"] } });
  assert.deepEqual(told, [], "not before the socket has had its chance");
  sockets[0].onclose({ code: 1006 });
  await settled();
  assert.deepEqual(told, [{ type: "welcome", languages: { en: ["fr"] } }]);
});

test("a socket that gets nowhere in 4 s counts as none", async () => {
  await say({ type: "hello", portal: "demo", token: null });
  await give({ known: true });
  mock.timers.tick(4_000);
  await settled();
  assert.deepEqual(told, [{ type: "welcome" }]);
  assert.equal(sockets[0].closed, true);
});

test("both answer: the server was away and is back, no detour is needed", async () => {
  await say({ type: "hello", portal: "demo", token: null });
  sockets[0].onopen();
  assert.equal(sockets[0].sent[0].type, "hello");
  sockets[0].onmessage({ data: '{"type":"welcome"}' });
  await give({ known: true });
  assert.deepEqual(told, [{ type: "going_away", retry_after_ms: 0 }]);
  assert.equal(ended, 1012);
});

for (const [what, how, code] of [
  ["nothing gets through", () => last().lose(), 1006],
  ["the server does not know the customer", () => give({ known: false }), 4502],
  ["something in between answers in its own words", () => give("<h1>Bad gateway</h1>", 502), 1013],
  ["nobody answers", () => mock.timers.tick(15_000), 1006],
]) {
  test(`${what}: it ends with ${code}`, async () => {
    await say({ type: "hello", portal: "demo", token: null });
    sockets[0].onclose({ code: 1006 });
    await how();
    await settled();
    assert.equal(ended, code);
    assert.deepEqual(told, []);
  });
}

test("watch is answered by a page and the place; then it waits for what comes next", async () => {
  await greeted();
  await say({ type: "watch", ref: 1, ticket: "t1", after: 3, epoch: "one" });
  assert.equal(last().path, `${EVENTS}?after=3&epoch=one&wait=0`);
  await give(events([line(4), line(5)]));
  const [page, position] = told;
  assert.deepEqual([page.type, page.ref, page.events.length, page.tail, page.older, page.recovered], ["page", 1, 2, 5, true, true]);
  assert.deepEqual(position, { type: "position", ticket: "t1", ahead: 2 });
  assert.equal(last().path, `${EVENTS}?after=5&epoch=one&wait=25`);
});

test("a long transcript: waits only after its last page", async () => {
  await greeted();
  await say({ type: "watch", ref: 1, ticket: "t1" });
  await give(events([line(1)], { more: true, tail: 2 }));
  assert.equal(told[0].older, false);
  assert.ok(!last().path.includes("wait=25"));
  await say({ type: "watch", ref: 2, ticket: "t1", after: 1, epoch: "one" });
  await give(events([line(2)]));
  assert.equal(last().path, `${EVENTS}?after=2&epoch=one&wait=25`);
});

test("news are told as events, then how the ticket stands, and it waits on", async () => {
  await watching();
  const read = { customer: null, technician: "e3" };
  await give(events([line(3), line(4)], { ahead: null, read }));
  assert.deepEqual(told.map(({ type }) => type), ["event", "event", "page", "position"]);
  assert.deepEqual(told[0], { type: "event", ticket: "t1", ...line(3) });
  assert.deepEqual([told[2].events, told[2].tail, told[2].read], [[], 4, read]);
  assert.equal(told[3].ahead, null);
  assert.equal(last().path, `${EVENTS}?after=4&epoch=one&wait=25`);
});

test("what can be translated is told when it is something else", async () => {
  await watching();
  for (const languages of [{ en: ["fr"] }, { en: ["fr"] }, {}]) await give(events([], { tail: 2, languages }));
  assert.deepEqual(told.filter(({ type }) => type === "languages").map(({ languages }) => languages), [{ en: ["fr"] }, {}]);
});

test("an answer that is overtaken tells nothing twice and nothing old", async () => {
  await watching();
  const waiting = last();
  await say({ type: "ping" });
  await give(events([line(3), line(4)]));
  assert.equal(told.at(-1).type, "pong");
  told.length = 0;
  waiting.answer(events([line(3)]));
  await settled();
  assert.deepEqual(told, []);
  assert.equal(last().path, `${EVENTS}?after=4&epoch=one&wait=25`);
});

test("a restored backup: it ends, so that the ticket is watched anew", async () => {
  await watching();
  await give(events([line(1)], { recovered: false, epoch: "two" }));
  assert.deepEqual([told, ended], [[], 1012]);
});

test("an answer that never comes is given up 15 s after it had to", async () => {
  await watching();
  mock.timers.tick(39_999);
  assert.equal(ended, null);
  mock.timers.tick(1);
  assert.equal(ended, 1006);
});

test("too many tabs wait: this one asks now and then, and stays", async () => {
  await watching();
  const before = asked.length;
  await give({ code: "too_many", message: "…", retry_after_ms: 1_500 }, 429);
  assert.deepEqual([asked.length, ended], [before, null]);
  mock.timers.tick(1_500);
  await settled();
  assert.equal(asked.length, before + 1);
});

for (const [what, answer, code] of [
  ["forgotten meanwhile", [{ code: "unauthenticated", message: "…" }, 401], 4502],
  ["the server restarts", [{ code: "busy", message: "…" }, 503], 1013],
]) {
  test(`${what}: it ends with ${code}`, async () => {
    await watching();
    await give(...answer);
    assert.equal(ended, code);
  });
}

test("messages go one at a time, in order, and are acknowledged by their ref once their line is there (C-05)", async () => {
  await watching();
  wire.send(JSON.stringify({ type: "send", ref: 7, ticket: "t1", client_id: "a", stream: "s", n: 1, text: "first" }));
  await say({ type: "send", ref: 8, ticket: "t1", client_id: "b", stream: "s", n: 2, text: "second" });
  const posts = () => asked.filter(({ method }) => method === "POST");
  assert.deepEqual(posts().map(({ body }) => body), [{ client_id: "a", text: "first" }]);
  posts()[0].answer({ id: "e3", seq: 3 });
  await settled();
  assert.deepEqual(told, [], "else the message would be gone from the page until its line comes");
  asked.find(({ path }) => path.includes("wait=25")).answer(events([line(3)]));
  await settled();
  assert.deepEqual(told.splice(0).map(({ type, ref }) => [type, ref]), [["event", undefined], ["ack", 7], ["page", 0], ["position", undefined]]);
  assert.equal(posts()[1].body.text, "second");
  posts()[1].answer({ code: "chat_ended", message: "This chat has ended." }, 409);
  await settled();
  assert.deepEqual([told[0].type, told[0].ref, told[0].code], ["refused", 8, "chat_ended"]);
  assert.equal(ended, null);
});

test("a message whose answer is lost ends the wire: it is sent again by the next one", async () => {
  await watching();
  await say({ type: "send", ref: 7, ticket: "t1", client_id: "a", stream: "s", n: 1, text: "first" });
  last().lose();
  await settled();
  assert.deepEqual([told, ended], [[], 1006]);
});

test("end, resume, language and read have routes of their own; a mark that is refused is let go; typing stays here", async () => {
  await watching();
  for (const [type, path] of [["end_chat", "end-chat"], ["resume_chat", "resume-chat"]]) {
    await say({ type, ref: 3, ticket: "t1" });
    assert.equal(last().path, `/api/v1/customer/tickets/t1/${path}`);
    await give(undefined, 204);
    assert.deepEqual(told.pop(), { type: "done", ref: 3 });
  }
  await say({ type: "set_language", ref: 4, ticket: "t1", lang: "nl" });
  assert.deepEqual([last().path, last().body], ["/api/v1/customer/tickets/t1/language", { lang: "nl" }]);
  await give(ticket);
  assert.deepEqual(told.pop(), { type: "done", ref: 4 });
  await say({ type: "read", ticket: "t1", event: "e2" });
  assert.deepEqual([last().path, last().body], ["/api/v1/customer/tickets/t1/read", { event: "e2" }]);
  await give({ code: "not_found", message: "…" }, 404);
  const before = asked.length;
  await say({ type: "typing", ticket: "t1" });
  assert.deepEqual([asked.length, told, ended], [before, [], null]);
});

test("older events: the fifty before, in as many answers as that takes", async () => {
  await watching();
  await say({ type: "older", ref: 4, ticket: "t1", before: 80 });
  assert.equal(last().path, `${EVENTS}?after=29&wait=0`);
  const all = Array.from({ length: 60 }, (_, index) => line(30 + index));
  await give(events(all.slice(0, 20)));
  assert.equal(last().path, `${EVENTS}?after=49&wait=0`);
  await give(events(all.slice(20)));
  const [{ type, ref, events: found, older }] = told;
  assert.deepEqual([type, ref, found[0].seq, found.at(-1).seq, found.length, older], ["older", 4, 30, 79, 50, true]);
});

for (const [when, how] of [
  ["after a minute", waitForMinute],
  ["when the network is back", async () => dispatchEvent(new Event("online"))],
]) {
  test(`a socket is tried ${when}; once it is welcomed the commands under way are finished, and the detour ends`, async () => {
    await watching();
    await how();
    told.length = 0;
    assert.equal(sockets.length, 2);
    sockets[1].onclose({ code: 1006 });
    await settled();
    assert.deepEqual([told, ended], [[], null]);

    dispatchEvent(new Event("online"));
    await settled();
    await say({ type: "end_chat", ref: 5, ticket: "t1" });
    sockets[2].onmessage({ data: '{"type":"welcome"}' });
    await settled();
    assert.equal(ended, null);
    await give(undefined, 204);
    assert.deepEqual(told, [{ type: "done", ref: 5 }, { type: "going_away", retry_after_ms: 0 }]);
    assert.equal(ended, 1012);
  });
}

test("closed before the socket has had its chance: nothing is left behind", async () => {
  await say({ type: "hello", portal: "demo", token: null });
  await give({ known: true });
  wire.close();
  sockets[0].onclose({ code: 1006 });
  await settled();
  mock.timers.tick(120_000);
  assert.deepEqual([told, ended, sockets.length], [[], null, 1]);
});

test("closed, it asks nothing, tells nothing and tries nothing any more", async () => {
  await watching();
  wire.close();
  await settled();
  const before = [asked.length, sockets.length];
  mock.timers.tick(120_000);
  dispatchEvent(new Event("online"));
  await say({ type: "ping" });
  assert.deepEqual([asked.length, sockets.length], before);
  assert.deepEqual([told, ended], [[], null]);
});
