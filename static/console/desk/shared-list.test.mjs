// The shared list over a connection: one page at a time, anew after a break, nothing left while away (G-02, G-04).
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { PAGE } from "../model/list-store.ts";
import { FakeConnection, hint, later, listOf, refusal, settled, ticket } from "./fake-server.mjs";
import { SharedList } from "./shared-list.ts";

function started(count = 500) {
  const connection = new FakeConnection();
  connection.answer("list", listOf(count));
  const list = new SharedList(connection);
  list.show(0, 20);
  return { connection, list };
}

const changed = (number, seq, more) => ({ type: "ticket", company: "acme", seq, ticket: ticket(number, more), fresh: false });

test("nothing is asked before the technician is available, then what the screen shows", async () => {
  const { connection, list } = started();
  await settled();
  assert.equal(connection.asked.length, 0);
  list.start();
  await settled();
  assert.equal(list.model.rows.length, PAGE);
  list.show(95, 115);
  await settled();
  assert.equal(list.model.at(114)?.ticket.id, "t386");
  assert.equal(connection.of("list").length, 2);
});

test("while a page is on its way no other is asked, however one scrolls", async () => {
  const { connection, list } = started();
  const first = later();
  connection.answer("list", first.answer);
  list.start();
  list.show(200, 220);
  list.show(300, 320);
  assert.equal(connection.of("list").length, 1);
  connection.answer("list", listOf(500));
  first.give(listOf(500)({ offset: 0, limit: PAGE, view: "all" }));
  await settled();
  assert.ok(list.model.at(310));
});

test("another order is asked from the top and remembered while the old rows stay", async () => {
  const { connection, list } = started();
  list.start();
  await settled();
  const answer = later();
  connection.answer("list", answer.answer);
  list.arrange({ view: "new", sort: "customer", descending: false });
  assert.equal(list.order.view, "new");
  assert.equal(list.model.rows.length, PAGE);
  answer.give(listOf(3)({ offset: 0, limit: PAGE, view: "new" }));
  await settled();
  assert.equal(list.model.total, 3);
  assert.deepEqual(
    connection.of("list").map(({ sort, descending, offset }) => [sort, descending, offset]),
    [
      ["time", true, 0],
      ["customer", false, 0],
    ],
  );
});

test("away: rows, counts and answers still on their way are gone; frames that come late change nothing", async () => {
  const { connection, list } = started();
  list.start();
  await settled();
  list.count({ type: "counts", company: "acme", new: 1, active: 0, completed: 0, all: 1 });
  const answer = later();
  connection.answer("list", answer.answer);
  list.refresh();
  list.forget();
  answer.give(listOf(9)({ offset: 0, limit: PAGE, view: "all" }));
  list.ticket(changed(10, 5));
  list.hint({ type: "hint", hint: hint(ticket(10)) });
  list.count({ type: "counts", company: "acme", new: 7, active: 0, completed: 0, all: 7 });
  await settled();
  assert.equal(list.model.rows.length, 0);
  assert.equal(list.model.loaded, false);
  assert.equal(list.counts.size, 0);
});

test("available again: everything is asked for anew", async () => {
  const { connection, list } = started(4);
  list.start();
  await settled();
  list.forget();
  connection.answer("list", listOf(6));
  list.start();
  await settled();
  assert.equal(list.model.total, 6);
});

test("after a break the list is asked again where the screen stands", async () => {
  const { connection, list } = started(5_000);
  list.start();
  await settled();
  list.show(3_000, 3_020);
  await settled();
  list.pause();
  connection.asked.length = 0;
  list.start();
  await settled();
  assert.equal(connection.of("list")[0].offset, 2_975);
  assert.ok(list.model.at(3_010));
});

test("a busy server is asked again a little later; a refusal is not an error", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { connection, list } = started(3);
  connection.answer("list", refusal("busy", { retry_after_ms: 700 }));
  list.start();
  await settled();
  connection.answer("list", listOf(3));
  mock.timers.tick(700);
  await settled();
  assert.equal(list.model.total, 3);
  connection.answer("list", refusal("not_available"));
  list.refresh();
  await settled();
  assert.equal(list.model.total, 3);
  mock.timers.reset();
});

test("a connection lost in the middle of a question leaves the list as it was", async () => {
  const { connection, list } = started(3);
  list.start();
  await settled();
  connection.state = "waiting";
  list.refresh();
  await settled();
  assert.equal(list.model.total, 3);
  connection.state = "open";
  connection.answer("list", listOf(4));
  list.start();
  await settled();
  assert.equal(list.model.total, 4);
});

test("what is not on this page of the list tells nobody, what is in its rows only those who draw them", async () => {
  const { list } = started(5_000);
  list.start();
  await settled();
  const told = [];
  list.listen(() => told.push("list"));
  list.rows.listen(() => told.push("rows"));
  list.ticket(changed(3, 5));
  list.hint({ type: "hint", hint: hint(ticket(4), { last_activity_at: 9_999 }) });
  assert.deepEqual(told, []);
  list.ticket(changed(4_999, 6));
  list.hint({ type: "hint", hint: hint(ticket(4_998), { last_activity_at: 9_999 }) });
  assert.deepEqual(told, ["rows", "rows"]);
  list.count({ type: "counts", company: "acme", new: 1, active: 0, completed: 0, all: 1 });
  assert.deepEqual(told, ["rows", "rows", "list"]);
});

test("after a break in the middle of the list the same rows stay on the screen, at its top stand the new ones", async () => {
  const { connection, list } = started(2_000);
  list.start();
  await settled();
  list.show(1_000, 1_020);
  await settled();
  list.takeMoved();
  list.pause();
  connection.answer("list", listOf(2_004));
  list.start();
  await settled();
  assert.equal(list.takeMoved(), 4);
  assert.equal(list.model.at(1_004)?.ticket.id, "t1000");
  list.show(0, 20);
  await settled();
  list.takeMoved();
  connection.answer("list", listOf(2_007));
  list.start();
  await settled();
  assert.equal(list.takeMoved(), 0);
  assert.equal(list.model.at(0)?.ticket.id, "t2007");
});

test("slides without asking where all is known, and asks where it is not", async () => {
  const { connection, list } = started(500);
  list.start();
  await settled();
  const asked = connection.of("list").length;
  list.ticket({ ...changed(501, 5), fresh: true });
  list.hint({ type: "hint", hint: hint(ticket(501)) });
  list.slide();
  await settled();
  assert.equal(list.model.at(0)?.ticket.id, "t501");
  assert.equal(connection.of("list").length, asked);
  list.ticket({ ...changed(502, 6), fresh: true });
  connection.answer("list", listOf(502));
  list.slide();
  await settled();
  assert.equal(list.model.at(0)?.ticket.id, "t502");
  assert.equal(connection.of("list").length, asked + 1);
});
