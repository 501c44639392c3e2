// Replays tests/golden/steps.json, which server/domain/ticket.py wrote: the browser's rules are the server's (G-22 to G-32).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { legalSteps, refusedBy, STAFF_STEPS, writingRefusedBy } from "./steps.ts";

const golden = JSON.parse(readFileSync(new URL("../../tests/golden/steps.json", import.meta.url), "utf8"));
const asSummary = ({ assignee, absent, ...state }) => ({
  ...state,
  assignee: assignee && { id: assignee },
  absent_since: absent ? 1 : null,
});

test(`all ${golden.states.length} states: the same steps, rules and rights to write`, () => {
  for (const { state, legal, steps, technician_may_write } of golden.states) {
    const summary = asSummary(state);
    const about = JSON.stringify(state);
    assert.deepEqual(legalSteps(summary, golden.me), legal, about);
    for (const step of STAFF_STEPS) assert.equal(refusedBy(summary, step, golden.me), steps[step].rule ?? null, `${step} ${about}`);
    assert.equal(writingRefusedBy(summary, golden.me), technician_may_write, about);
  }
});
