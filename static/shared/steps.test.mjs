// Replays tests/golden/steps.json, written by the server's rules: the console offers exactly what the server accepts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { STAFF_STEPS, legalSteps, refusedBy } from "./steps.ts";

const golden = JSON.parse(readFileSync(new URL("../../tests/golden/steps.json", import.meta.url), "utf8"));

const inBrowser = (state) => ({ ...state, undo: null, assignee: state.assignee === null ? null : { id: state.assignee } });

test("every state offers the steps that the server accepts", () => {
  assert.ok(golden.states.length > 100);
  for (const { state, legal } of golden.states) {
    assert.deepEqual(legalSteps(inBrowser(state), golden.me).sort(), legal.toSorted(), JSON.stringify(state));
  }
});

test("a refusal names the same rule", () => {
  for (const { state, steps } of golden.states) {
    for (const step of STAFF_STEPS) {
      assert.equal(refusedBy(inBrowser(state), step, golden.me), steps[step].rule ?? null, `${step} in ${JSON.stringify(state)}`);
    }
  }
});
