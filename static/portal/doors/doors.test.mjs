// The ways into a portal: what is offered, what is chosen, and what is wrong with answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { given, wrongWith } from "./answers.ts";
import { asked, named, offered, onlyChoice, sentBy } from "./choice.ts";

const ways = { form: true, technicians: false, keys: true };
const bug = { id: "b", name: "A bug", fields: [{ key: "steps" }] };
const other = { id: "o", name: "Other", fields: [] };
const lena = { id: "l", name: "Lena", picture: null, available: true };
const portal = { ways, issue_types: [], people: [] };

test("nobody chooses where there is one way only (B-30)", () => {
  assert.deepEqual(onlyChoice(portal), { way: "form" });
  assert.deepEqual(onlyChoice({ ...portal, issue_types: [bug] }), { way: "type", id: "b" });
  assert.equal(onlyChoice({ ...portal, issue_types: [bug, other] }), null);
  assert.equal(onlyChoice({ ...portal, people: [lena] }), null);
  assert.equal(onlyChoice({ ...portal, ways: { ...ways, form: false } }), null);
});

test("what is chosen is sent by its way in (B-02)", () => {
  const problem = { client_id: "1", subject: "s", description: "d" };
  assert.deepEqual(sentBy({ way: "form" }, problem), problem);
  assert.deepEqual(sentBy({ way: "type", id: "b" }, problem), { ...problem, issue_type: "b" });
  assert.deepEqual(sentBy({ way: "person", id: "l" }, problem), { ...problem, technician: "l" });
  assert.deepEqual(sentBy({ way: "key", key: "K", technician: "Lena", until: 1 }, problem), { ...problem, session_key: "K" });
});

test("a choice counts as long as the portal offers it", () => {
  const rich = { ...portal, issue_types: [bug, other], people: [lena] };
  assert.equal(offered({ way: "type", id: "b" }, rich), true);
  assert.equal(offered({ way: "type", id: "b" }, { ...rich, issue_types: [other] }), false);
  assert.equal(offered({ way: "person", id: "l" }, { ...rich, people: [] }), false);
  assert.equal(offered({ way: "form" }, rich), false);
  assert.equal(offered({ way: "key", key: "K", technician: "Lena", until: 1 }, { ...rich, ways: { ...ways, keys: false } }), false);
  assert.equal(named({ way: "person", id: "l" }, rich), "Lena");
  assert.deepEqual(asked({ way: "type", id: "b" }, rich, true), bug.fields);
  assert.deepEqual(asked({ way: "person", id: "l" }, rich, true), []);
});

test("whom to share with is asked of those who have signed in (S-13)", () => {
  const shared = { ...bug, fields: [...bug.fields, { key: "with", kind: "colleagues" }] };
  const keys = (signedIn) => asked({ way: "type", id: "b" }, { ...portal, issue_types: [shared] }, signedIn).map(({ key }) => key);
  assert.deepEqual(keys(true), ["steps", "with"]);
  assert.deepEqual(keys(false), ["steps"]);
});

const field = (kind, more = {}) => ({ key: "f", kind, label: "F", help: null, required: false, options: [], least: null, most: null, ...more });

for (const [about, one, typed, expected] of [
  ["nothing is needed", field("text"), "  ", null],
  ["something is needed", field("text", { required: true }), "  ", "doors.missing"],
  ["a line that is too long", field("text"), "😀".repeat(301), "doors.too_long"],
  ["a line of full length", field("text"), "😀".repeat(300), null],
  ["an option that is gone", field("choice", { options: [{ key: "a", label: "A" }] }), "b", "doors.missing"],
  ["an option", field("choice", { options: [{ key: "a", label: "A" }] }), "a", null],
  ["a number with a comma", field("number", { least: 1, most: 2 }), "1,5", null],
  ["no number", field("number"), "1e3", "doors.no_number"],
  ["too little", field("number", { least: 0 }), "-1", "doors.too_little"],
  ["addresses", field("colleagues"), "a@x.org, b@x.org;\nc@x.org,", null],
  ["no addresses", field("colleagues"), "a@x.org, Bob", "doors.no_addresses"],
  ["too much", field("number", { most: 0 }), "0.1", "doors.too_much"],
]) {
  test(`answers: ${about}`, () => assert.equal(wrongWith(one, typed), expected));
}

test("answers are sent trimmed, without empty ones and without those of other forms", () => {
  assert.deepEqual(given([field("text"), { ...field("text"), key: "g" }], { f: " x ", g: " ", other: "y" }), { f: "x" });
});
