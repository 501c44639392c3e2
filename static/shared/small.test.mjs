// Ids, storage, holds and times.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { hold } from "./hold.ts";
import { streamId, uuid } from "./ids.ts";
import { learnTime, serverNow } from "./server-time.ts";
import { forget, keysWith, recall, recallJson, remember } from "./storage.ts";
import { day, lasting, sameDay } from "./time.ts";

globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;

afterEach(() => {
  delete globalThis.localStorage;
  for (const key of keysWith("")) forget(key);
});

test("ids have the shape that the server wants", () => {
  assert.match(streamId(), /^[0-9a-f]{32}$/);
  assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(uuid(), uuid());
});

test("storage that is refused is replaced by memory, and says so", () => {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new DOMException("no", "SecurityError");
    },
  });
  assert.equal(remember("token", "t"), false);
  assert.equal(recall("token"), "t");
  forget("token");
  assert.equal(recall("token"), null);
});

test("storage that is there carries our prefix; damaged JSON is nothing", () => {
  const kept = {};
  globalThis.localStorage = Object.defineProperties(kept, {
    getItem: { value: (key) => kept[key] ?? null },
    setItem: { value: (key, value) => (kept[key] = value) },
    removeItem: { value: (key) => delete kept[key] },
  });
  assert.equal(remember("draft", "{"), true);
  assert.deepEqual(Object.keys(kept), ["deskwire:draft"]);
  assert.equal(recallJson("draft"), null);
  assert.deepEqual(keysWith("dr"), ["draft"]);
});

test("without Web Locks a living tab holds its name, a reload gives it up", async () => {
  const first = hold("name");
  assert.equal(await first.held, true);
  assert.equal(await hold("name", { ifFree: true }).held, false);
  first.release();
  const second = hold("name", { ifFree: true });
  assert.equal(await second.held, true);
  second.release();
});

test("durations have one unit and are never negative", () => {
  assert.deepEqual(
    [-5_000, 4_000, 119_000, 3 * 3_600_000, 50 * 3_600_000].map((ms) => lasting(ms, "en")),
    ["0 sec", "4 sec", "1 min", "3 hr", "2 days"],
  );
  assert.match(lasting(120_000, "fr"), /^2\smin$/);
});

test("days are named as people name them", () => {
  const now = new Date(2026, 10, 20, 0, 30).getTime();
  assert.equal(day(now - 60_000, now, "en"), "Today");
  assert.equal(day(now - 3_600_000, now, "en"), "Yesterday");
  assert.equal(day(now - 3_600_000, now, "fr"), "Hier");
  assert.equal(day(new Date(2025, 2, 3).getTime(), now, "en"), "March 3, 2025");
  assert.ok(sameDay(now, now + 3_600_000));
});

test("what time it is on the server, where the device's clock is wrong, and where it is right", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
  const header = (ms) => new Date(Date.now() + ms).toUTCString();
  learnTime(header(-3_600_000));
  assert.equal(serverNow(), 1_790_000_000_000 - 3_600_000);
  context.mock.timers.tick(1_500);
  assert.equal(serverNow(), 1_790_000_001_500 - 3_600_000);
  learnTime(null);
  learnTime("no date");
  assert.equal(serverNow(), 1_790_000_001_500 - 3_600_000);
  learnTime(header(-2_000));
  assert.equal(serverNow(), Date.now());
});
