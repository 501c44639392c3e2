// The socket against a wire that we hold in our hands: no network, no real time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Refusal, Unreachable } from "./refusal.ts";
import { Socket } from "./socket.ts";

class FakeWire {
  sent = [];
  closed = false;

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  get last() {
    return this.sent.at(-1);
  }

  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  greets() {
    this.onopen();
    this.says({ type: "welcome" });
  }
}

let wires;
let states;
let socket;
const page = new EventTarget();

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 0.5);
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
  wires = [];
  states = [];
  socket = new Socket(
    "/ws",
    () => ({ type: "hello", token: "t" }),
    () => {
      const wire = new FakeWire();
      wires.push(wire);
      return wire;
    },
  );
  socket.onstate = (state, code) => states.push(code === null ? state : `${state} ${code}`);
  socket.connect();
});

afterEach(() => {
  socket.close();
  mock.timers.reset();
  mock.restoreAll();
});

test("says hello first and is open with the welcome", () => {
  wires[0].onopen();
  assert.deepEqual(wires[0].sent, [{ type: "hello", token: "t" }]);
  assert.deepEqual(states, ["connecting"]);
  wires[0].says({ type: "welcome" });
  assert.deepEqual(states, ["connecting", "open"]);
});

test("a call is answered by the frame with its ref, whatever comes between", async () => {
  wires[0].greets();
  const first = socket.call({ type: "watch", ticket: "a" });
  const second = socket.call({ type: "watch", ticket: "b" });
  const [a, b] = wires[0].sent.slice(1);
  wires[0].says({ type: "page", ref: b.ref, of: "b" });
  wires[0].says({ type: "event" });
  wires[0].says({ type: "page", ref: a.ref, of: "a" });
  assert.equal((await first).of, "a");
  assert.equal((await second).of, "b");
});

test("a refusal rejects its call with code and particulars", async () => {
  wires[0].greets();
  const call = socket.call({ type: "send" });
  wires[0].says({ type: "refused", ref: wires[0].last.ref, code: "resend_from", message: "…", resend_from: 4 });
  await assert.rejects(call, (error) => error instanceof Refusal && error.code === "resend_from" && error.resend_from === 4);
});

test("without a connection a call fails at once, and those under way fail with it", async () => {
  await assert.rejects(socket.call({ type: "send" }), Unreachable);
  wires[0].greets();
  const call = socket.call({ type: "send" });
  wires[0].onclose({ code: 1006 });
  await assert.rejects(call, Unreachable);
});

test("comes back with full jitter: 0.5 s doubling up to 30 s (C-01)", () => {
  const waits = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    const before = wires.length;
    wires.at(-1).onclose({ code: 1006 });
    let waited = 0;
    while (wires.length === before) {
      mock.timers.tick(1);
      waited += 1;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("a connection that held begins the back-off anew, one that did not goes on with it", () => {
  wires[0].greets();
  wires[0].onclose({ code: 4008 });
  mock.timers.tick(250);
  wires[1].greets();
  wires[1].onclose({ code: 4008 });
  mock.timers.tick(499);
  assert.equal(wires.length, 2);
  mock.timers.tick(1);
  wires[2].greets();
  mock.timers.tick(10_001);
  wires[2].onclose({ code: 4008 });
  mock.timers.tick(250);
  assert.equal(wires.length, 4);
});

for (const code of [4500, 4502, 4504, 4999]) {
  test(`does not come back after ${code}`, () => {
    wires[0].greets();
    wires[0].onclose({ code });
    mock.timers.tick(120_000);
    assert.equal(wires.length, 1);
    assert.equal(states.at(-1), `closed ${code}`);
  });
}

test("going away names the delay", () => {
  wires[0].greets();
  wires[0].says({ type: "going_away", retry_after_ms: 7_000 });
  wires[0].onclose({ code: 1012 });
  mock.timers.tick(6_999);
  assert.equal(wires.length, 1);
  mock.timers.tick(1);
  assert.equal(wires.length, 2);
});

test("a server that goes away gets nothing more, and answers what it has", async () => {
  wires[0].greets();
  const accepted = socket.call({ type: "send" });
  const { ref } = wires[0].last;
  wires[0].says({ type: "going_away", retry_after_ms: 0 });
  const count = wires[0].sent.length;
  await assert.rejects(socket.call({ type: "send" }), Unreachable);
  socket.post({ type: "typing" });
  assert.equal(wires[0].sent.length, count);
  wires[0].says({ type: "ack", ref });
  assert.equal((await accepted).type, "ack");
  wires[0].onclose({ code: 1012 });
  mock.timers.tick(0);
  wires[1].greets();
  socket.post({ type: "typing" });
  assert.deepEqual(wires[1].last, { type: "typing" });
});

test("too many commands: comes back more slowly", () => {
  wires[0].greets();
  wires[0].onclose({ code: 4429 });
  mock.timers.tick(5_249);
  assert.equal(wires.length, 1);
  mock.timers.tick(1);
  assert.equal(wires.length, 2);
});

test("after 30 s of silence it asks, and without an answer it takes the connection for lost", () => {
  wires[0].greets();
  mock.timers.tick(30_000);
  assert.deepEqual(wires[0].last, { type: "ping" });
  wires[0].says({ type: "pong" });
  mock.timers.tick(30_000);
  mock.timers.tick(9_999);
  assert.equal(states.at(-1), "open");
  mock.timers.tick(1);
  assert.equal(states.at(-1), "waiting 1006");
  assert.ok(wires[0].closed);
});

test("a handshake without a welcome is given up", () => {
  wires[0].onopen();
  mock.timers.tick(10_000);
  assert.equal(states.at(-1), "waiting 1006");
});

test("a device that is back comes back at once", () => {
  wires[0].onclose({ code: 1006 });
  page.dispatchEvent(new Event("online"));
  assert.equal(wires.length, 2);
});

test("a page that is looked at again asks whether its connection still lives", () => {
  wires[0].greets();
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(wires[0].last, { type: "ping" });
});

test("closed by us it stays closed and leaves no call open", async () => {
  wires[0].greets();
  const call = socket.call({ type: "send" });
  socket.close();
  await assert.rejects(call, Unreachable);
  mock.timers.tick(120_000);
  assert.equal(wires.length, 1);
});

test("the dialler is told how many attempts in a row led to nothing", () => {
  const failed = [];
  const counted = new Socket("/ws", () => ({ type: "hello" }), (_path, before) => {
    failed.push(before);
    wires.push(new FakeWire());
    return wires.at(-1);
  });
  counted.connect();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    wires.at(-1).onclose({ code: 1006 });
    mock.timers.tick(2_000);
  }
  assert.deepEqual(failed, [0, 1, 2, 3]);
  wires.at(-1).says({ type: "going_away", retry_after_ms: 0 });
  wires.at(-1).onclose({ code: 1012 });
  mock.timers.tick(0);
  assert.deepEqual(failed, [0, 1, 2, 3, 0], "called back: that was no failure");
  counted.close();
});
