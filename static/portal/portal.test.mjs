// What a customer's page decides by itself: the form and where a ticket stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check, fieldsOf, filled } from "./problem-form.ts";
import { standing } from "./standing.ts";

const field = (name, shown, required) => ({ name, shown, required });
const portal = {
  fields: [field("name", true, true), field("email", true, false), field("company", false, true), field("company_code", true, true)],
};
const names = (fields) => fields.map(({ name }) => name);

test("a portal decides what is asked; a verified customer is asked only for what is missing (B-31, B-32)", () => {
  assert.deepEqual(names(fieldsOf(portal, false)), ["name", "email", "company_code", "subject", "description"]);
  assert.deepEqual(names(fieldsOf(portal, true)), ["company_code", "subject", "description"]);
  const insistent = { fields: [field("name", true, true), field("email", true, true)] };
  assert.deepEqual(names(fieldsOf(insistent, true)), ["email", "subject", "description"]);
});

test("errors: what is missing, what is too long, what is no address", () => {
  const fields = fieldsOf(portal, false);
  const wrong = { name: " ", email: "ada", subject: "x".repeat(301), description: "😀".repeat(8000), company_code: "EU" };
  assert.deepEqual(check(fields, wrong), {
    name: "form.missing.name",
    email: "form.email_wrong",
    subject: "form.too_long",
  });
  assert.deepEqual(check(fields, { ...wrong, name: "Ada", email: "", subject: "x".repeat(300) }), {});
});

test("only what was filled in is sent, trimmed", () => {
  const values = { name: " Ada ", email: " ", subject: "s", description: "d", company_code: "", company: "hidden" };
  assert.deepEqual(filled(fieldsOf(portal, false), values), { name: "Ada", subject: "s", description: "d" });
});

const ticket = { status: "open", chat: "not_joined", technician: null };

for (const [about, changes, ahead, key] of [
  ["others wait before it (C-12)", {}, 3, "chat.ahead"],
  ["nobody counts further", {}, 1000, "chat.ahead_least"],
  ["it is next", {}, 0, "chat.next"],
  ["its place is not known yet", {}, null, "chat.waiting"],
  ["somebody has taken it", { status: "in_progress" }, null, "chat.taken"],
  ["somebody is here", { status: "in_progress", chat: "joined", technician: "Lena" }, null, "chat.here"],
  ["given back, it waits again", { status: "reopened" }, 1, "chat.ahead"],
  ["the chat has ended", { chat: "ended" }, null, "chat.ended"],
  ["it is closed", { status: "done", chat: "ended" }, null, "chat.closed"],
]) {
  test(`a ticket says where it stands: ${about}`, () => assert.equal(standing({ ...ticket, ...changes }, ahead).key, key));
}
