// Steps: the race for a ticket (G-23), undo within 5 s, one step at a time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { startTexts } from "../../shared/i18n.ts";
import { FakeConnection, later, refusal, settled, ticket } from "./fake-server.mjs";
import { Steps } from "./steps.ts";
import { Toasts } from "./toasts.ts";

const done = { type: "done", ref: 1 };

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function started(answers = {}) {
  const connection = new FakeConnection();
  for (const [type, answer] of Object.entries(answers)) connection.answer(type, answer);
  const toasts = new Toasts();
  return { connection, toasts, steps: new Steps(connection, toasts) };
}

test("G-23 whoever was slower reads who was faster", async () => {
  const { toasts, steps } = started({ assign: refusal("already_assigned", { who: "Lena" }) });
  assert.equal(await steps.take("assign", ticket(12)), false);
  assert.deepEqual(toasts.toasts.map(({ text, tone }) => [text, tone]), [["race", "warning"]]);
});

test("a refusal says its rule in the reader's language", async () => {
  globalThis.document = { documentElement: {} };
  // Node.js has none before version 21
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { languages: ["en"] } });
  await startTexts({ "error.ticket_done": "This ticket is closed. Reopen it first." }, {});
  const { toasts, steps } = started({ join: refusal("ticket_done") });
  await steps.take("join", ticket(1));
  assert.equal(toasts.toasts[0].text, "This ticket is closed. Reopen it first.");
  delete globalThis.document;
});

test("a second click is not a second step, and the next step waits for the one before", async () => {
  const answer = later();
  const { connection, steps } = started({ assign: answer.answer });
  const first = steps.take("assign", ticket(1));
  assert.equal(steps.busy("t1"), true);
  assert.equal(await steps.take("assign", ticket(1)), false);
  let waited = false;
  const settledStep = steps.settled("t1").then(() => (waited = true));
  await settled();
  assert.equal(waited, false);
  answer.give(done);
  assert.equal(await first, true);
  await settledStep;
  assert.equal(connection.asked.length, 1);
  assert.equal(steps.busy("t1"), false);
});

test("Close carries its outcome", async () => {
  const { connection, steps } = started({ close: done });
  await steps.take("close", ticket(1), "resolved");
  assert.deepEqual(connection.asked, [{ type: "close", ticket: "t1", outcome: "resolved" }]);
});

test("End chat can be undone from its message, for 5 s and once", async () => {
  const { connection, toasts, steps } = started({ end_chat: done, undo: done });
  await steps.take("end_chat", ticket(1));
  assert.equal(toasts.toasts.length, 1);
  toasts.toasts[0].action.run();
  await settled();
  await steps.undo();
  assert.deepEqual(connection.of("undo"), [{ type: "undo", ticket: "t1" }]);
  assert.equal(toasts.toasts.length, 0);
});

test("after 5 s nothing is left to undo", async () => {
  const { connection, toasts, steps } = started({ close: done });
  await steps.take("close", ticket(1));
  mock.timers.tick(5_000);
  await steps.undo();
  assert.equal(connection.of("undo").length, 0);
  assert.equal(toasts.toasts.length, 0);
});

test("messages pass, and never more than three at once", () => {
  const toasts = new Toasts();
  for (const text of ["a", "b", "c", "d"]) toasts.say(text);
  assert.deepEqual(toasts.toasts.map(({ text }) => text), ["b", "c", "d"]);
  mock.timers.tick(6_000);
  assert.equal(toasts.toasts.length, 0);
});
