import assert from "node:assert/strict";
import { test } from "node:test";
import { becomesMine, isForMe, partIn } from "./together.ts";

const TICKET = { status: "open", assignee: null, waits_for: null, offer: null, helpers: [], routed_at: null };
const has = (id) => ({ id, name: id });

test("what a ticket is to me: offered, invited, given, waiting, helping, mine", () => {
  const parts = {
    offered: { assignee: has("bob"), offer: { to: ["me", "ann"] } },
    invited: { assignee: has("bob"), helpers: [{ id: "me", joined: false }] },
    helping: { assignee: has("bob"), helpers: [{ id: "me", joined: true }] },
    given: { assignee: has("me"), routed_at: 5 },
    owner: { assignee: has("me") },
    waits: { waits_for: "me" },
  };
  for (const [part, more] of Object.entries(parts)) {
    assert.equal(partIn({ ...TICKET, ...more }, "me"), part);
    assert.equal(partIn({ ...TICKET, ...more, status: "done" }, "me"), null);
    assert.equal(isForMe(part), !["helping", "owner"].includes(part));
  }
  assert.equal(partIn({ ...TICKET, offer: { to: ["ann"] } }, "me"), null);
});

test("what begins to wait for me is told once", () => {
  const offered = { ...TICKET, assignee: has("bob"), offer: { to: ["me"] } };
  assert.ok(becomesMine(null, offered, "me"));
  assert.ok(becomesMine({ ...offered, offer: null }, offered, "me"));
  assert.ok(!becomesMine(offered, { ...offered, subject: "another" }, "me"));
  assert.ok(!becomesMine(null, { ...TICKET, assignee: has("me") }, "me"));
});
