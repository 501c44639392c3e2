// Transfers and invitations as commands, and the parts of the list that people and queues make.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeConnection, later } from "./fake-server.mjs";

const { Together } = await import("./together.ts");

const team = (id, name, members) => ({ id, company: "acme", name, members, supervised: false });
const queue = (id, kind, owner, name) => ({ id, company: "acme", kind, owner, name });

test("an answer that is pressed twice is given once", async () => {
  const connection = new FakeConnection();
  const first = later();
  connection.answer("accept_offer", first.answer);
  const together = new Together(connection, null);
  const taken = together.take("accept_offer", "t1");
  assert.equal(await together.take("accept_offer", "t1"), false);
  first.give({ type: "done" });
  assert.equal(await taken, true);
  assert.equal(connection.of("accept_offer").length, 1);
});

test("the chosen part of the list follows its team, and ends with it", () => {
  const together = new Together(new FakeConnection(), null);
  const queues = [queue("q1", "portal", "p", "Portal"), queue("q2", "team", "t", "Printers"), queue("q3", "team", "u", "Portal")];
  together.directory = { people: [], teams: [team("t", "Printers", ["me"])], queues };
  const [mine, portal, , namesake] = together.parts("me");
  together.directory = { people: [], teams: [team("t", "Printers", ["me", "max"])], queues };
  assert.deepEqual(together.partNow(mine, "me").assignees, ["me", "max"]);
  assert.deepEqual(together.partNow(portal, "me"), portal);
  assert.deepEqual(together.partNow(namesake, "me"), namesake);
  together.directory = { people: [], teams: [], queues };
  assert.equal(together.partNow(mine, "me"), null);
});
