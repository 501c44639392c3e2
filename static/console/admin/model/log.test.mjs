import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { joined } from "./log.ts";

const page = (ids, more) => ({ changes: ids.map((id) => ({ id })), more });
const NOTHING = page([], false);
const shown = ({ changes, more }) => [changes.map(({ id }) => id), more];

describe("the log of changes", () => {
  test("older ones follow, news come on top, and what was read stays", () => {
    const first = joined(NOTHING, page([9, 8, 7], true), null);
    const older = joined(first, page([6, 5], false), 7);
    assert.deepEqual(shown(older), [[9, 8, 7, 6, 5], false]);
    assert.deepEqual(shown(joined(older, page([10, 9, 8], true), null)), [[10, 9, 8, 7, 6, 5], false]);
    assert.deepEqual(shown(joined(first, page([10, 9, 8], true), null)), [[10, 9, 8, 7], true]);
  });

  test("where more has happened than an answer holds the list begins anew, and answers to the old one are dropped", () => {
    const first = page([9, 8, 7], true);
    const anew = joined(first, page([30, 29, 28], true), null);
    assert.deepEqual(shown(anew), [[30, 29, 28], true]);
    assert.deepEqual(joined(anew, page([6, 5], false), 7), anew);
  });

  test("an answer that is older than what is shown takes nothing away", () => {
    const now = page([10, 9, 8], true);
    assert.deepEqual(shown(joined(now, page([9, 8, 7], true), null)), [[10, 9, 8, 7], true]);
    assert.deepEqual(shown(joined(NOTHING, NOTHING, null)), [[], false]);
  });
});
