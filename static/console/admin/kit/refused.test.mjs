import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Refusal } from "../../../shared/refusal.ts";
import { texts } from "../texts.ts";
import { refusedText } from "./refused.ts";

before(() => texts.ready());

const said = (answer) => refusedText(new Refusal({ message: "In English, for programs", ...answer }));

test("the reason says it, with what it names", () => {
  const answer = { code: "name_taken", reason: "host_taken", field: "hosts", values: { host: "a.example" } };
  assert.equal(said(answer), "a.example shows another portal.");
});

test("a reason that this page does not know is said by its code", () => {
  assert.equal(said({ code: "name_taken", reason: "of tomorrow" }), "There is one with this name or address already.");
});

test("what the server tells programs of a wrong form is not shown to people", () => {
  assert.equal(said({ code: "bad_input", field: "slug" }), "This cannot be taken as it is. What fits is said beside the field.");
  assert.equal(said({ code: "bad_input", field: "$.email" }), "This is no e-mail address.");
});
