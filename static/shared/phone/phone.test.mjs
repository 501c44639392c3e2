// Keys as people see and type them, and how long one is shown.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Showing } from "./handover.ts";
import { addresses, countdown, onlyHere, shownKey, spokenKey, typedKey } from "./keys.ts";

test("a key is shown in halves, spelled for a voice, and taken however it is typed", () => {
  assert.equal(shownKey("K7QM2XWP"), "K7QM 2XWP");
  assert.equal(spokenKey("K7QM2XWP"), "K 7 Q M 2 X W P");
  for (const typed of ["K7QM2XWP", " k7qm 2xwp\n", "k7qm-2xwp", "K7QM–2XWP."]) assert.equal(typedKey(typed), "K7QM2XWP");
  for (const typed of ["", "K7QM2XW", "K7QM2XWPP", "--------"]) assert.equal(typedKey(typed), null);
});

test("the countdown ends at nothing", () => {
  assert.deepEqual([600_000, 599_001, 59_000, 1, 0, -5_000].map(countdown), ["10:00", "10:00", "0:59", "0:01", "0:00", "0:00"]);
});

test("the address is the one by which this page was reached, whatever the server believes to be called", () => {
  assert.deepEqual(addresses("http://127.0.0.1:8000/p/acme#phone=K7QM2XWP", "https://help.example.com"), {
    typed: "help.example.com/p/acme",
    scanned: "https://help.example.com/p/acme#phone=K7QM2XWP",
  });
});

test("an address that leads a phone to itself is known", () => {
  for (const here of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) assert.equal(onlyHere(here), true, here);
  for (const there of ["help.example.com", "192.168.1.20", "localhost.example.com", "[fd00::2]"]) assert.equal(onlyHere(there), false, there);
});

/** A server that hands out keys, and a clock that the test moves. */
function shown({ fail = false } = {}) {
  mock.timers.enable({ apis: ["setInterval", "Date"] });
  const calls = [];
  const door = {
    make: async () => {
      calls.push("make");
      if (fail) throw new Error("no");
      return { key: `KEY${calls.length}`, url: "https://x/p/y#phone=K", expires_at: 0, life_ms: 600_000 };
    },
    revoke: async () => void calls.push("revoke"),
  };
  const showing = new Showing(door);
  const changes = [];
  showing.onchange = () => changes.push(showing.state);
  return { showing, calls, changes };
}

test("a key is counted down by the device's own clock, expires, and is made anew", async (t) => {
  t.after(() => mock.timers.reset());
  const { showing, calls } = shown();
  await showing.make();
  assert.deepEqual([showing.state, showing.key.key, showing.left_ms], ["shown", "KEY1", 600_000]);
  mock.timers.tick(599_500);
  assert.deepEqual([showing.state, countdown(showing.left_ms)], ["shown", "0:01"]);
  mock.timers.tick(500);
  assert.deepEqual([showing.state, showing.key], ["expired", null]);
  await showing.make();
  assert.deepEqual([showing.state, showing.key.key, calls], ["shown", "KEY2", ["make", "make"]]);
});

test("another device ends the countdown; a key that is withdrawn is not shown any more", async (t) => {
  t.after(() => mock.timers.reset());
  const { showing, calls } = shown();
  showing.joined();
  assert.equal(showing.state, "making", "nobody can have joined by a key that was not shown");
  await showing.make();
  showing.joined();
  mock.timers.tick(700_000);
  assert.deepEqual([showing.state, showing.key], ["joined", null]);
  await showing.make();
  await showing.revoke();
  mock.timers.tick(700_000);
  assert.deepEqual([showing.state, showing.key, calls.at(-1)], ["revoked", null, "revoke"]);
});

test("no key: why not; and what comes after somebody has left changes nothing", async (t) => {
  t.after(() => mock.timers.reset());
  const failing = shown({ fail: true });
  await failing.showing.make();
  assert.deepEqual([failing.showing.state, failing.showing.error.message], ["failed", "no"]);
  mock.timers.reset();
  const { showing, changes } = shown();
  const making = showing.make();
  showing.leave();
  await making;
  assert.deepEqual([showing.state, changes], ["making", ["making"]]);
});
