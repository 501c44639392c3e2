import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { texts } from "../texts.ts";
import { Editor } from "./editor.ts";

/** A server that keeps one team, and what it was asked. */
let team;
let asked;
/** Called once, before the next change is looked at: somebody else is quicker. */
let quicker;
/** What the server says to whoever takes the team away. */
let removed;

const answer = (body, status = 200) => new Response(JSON.stringify(body), { status });
const refusal = (code, status, field = null) => answer({ code, message: code, field }, status);

beforeEach(async () => {
  await texts.ready();
  team = { id: "t1", version: 1, company: "c1", name: "Billing", automatic: false, members: [] };
  asked = [];
  quicker = () => undefined;
  removed = () => new Response(null, { status: 204 });
  globalThis.fetch = async (path, { method, headers, body }) => {
    asked.push(`${method} ${headers["If-Match"] ?? ""}`.trim());
    if (method === "GET") return answer(team);
    if (method === "DELETE") return removed();
    quicker();
    quicker = () => undefined;
    const draft = JSON.parse(body);
    if (draft.name === "") return refusal("bad_input", 400, "$.name");
    if (headers["If-Match"] !== String(team.version)) return refusal("changed_meanwhile", 409);
    team = { ...draft, id: "t1", version: team.version + 1 };
    return answer(team);
  };
});

const fetched = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = fetched;
});

const somebodyElse = (change) => {
  team = { ...team, ...change, version: team.version + 1 };
};

describe("an editor", () => {
  test("sends the draft without what is only read, and has nothing to save afterwards", async () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "Invoices");
    assert.ok(editor.dirty);
    assert.equal((await editor.save()).version, 2);
    assert.deepEqual([team.name, editor.dirty, editor.failure], ["Invoices", false, ""]);
  });

  test("what is written while the answer is on its way is kept, and saved next", async () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "Invoices");
    const saving = editor.save();
    editor.set("automatic", true);
    assert.ok(await saving);
    assert.deepEqual([team.automatic, editor.draft.name, editor.draft.automatic], [false, "Invoices", true]);
    assert.deepEqual([editor.dirty, editor.saved], [true, false]);
    assert.ok(await editor.save());
    assert.deepEqual([team.automatic, editor.dirty, editor.saved], [true, false, true]);
  });

  test("whoever was quicker with another field is not undone", async () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "Invoices");
    quicker = () => somebodyElse({ automatic: true });
    assert.ok(await editor.save());
    assert.deepEqual([team.name, team.automatic], ["Invoices", true]);
    assert.deepEqual(asked, ["PUT 1", "GET", "PUT 2"]);
  });

  test("with the same field a person has to look, and nothing is lost", async () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "Mine");
    quicker = () => somebodyElse({ name: "Theirs" });
    assert.equal(await editor.save(), null);
    assert.deepEqual([team.name, editor.draft.name, editor.clashes, editor.theirs("name")], ["Theirs", "Mine", ["name"], "Theirs"]);
    assert.notEqual(editor.failure, "");
    assert.ok(await editor.save()); // seen, and meant
    assert.equal(team.name, "Mine");
  });

  test("what others have written can be taken", () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "Mine");
    somebodyElse({ name: "Theirs" });
    editor.hear(team);
    editor.take("name");
    assert.deepEqual([editor.draft.name, editor.clashes, editor.dirty], ["Theirs", [], false]);
  });

  test("an older answer does not undo what was saved", async () => {
    const editor = new Editor("team", team, null);
    const older = team;
    editor.set("name", "Invoices");
    await editor.save();
    editor.hear(older);
    assert.deepEqual([editor.draft.name, editor.saved], ["Invoices", true]);
  });

  test("a refusal names the field until it is changed", async () => {
    const editor = new Editor("team", team, null);
    editor.set("name", "");
    assert.equal(await editor.save(), null);
    assert.deepEqual([editor.wrong, editor.failure], ["name", "This is needed."]);
    editor.set("name", "Better");
    assert.deepEqual([editor.wrong, editor.failure], [null, ""]);
  });

  test("what is gone cannot be saved, and says so", () => {
    const editor = new Editor("team", team, null);
    editor.hear(undefined);
    assert.ok(editor.gone);
  });

  test("what I take away myself is no news, unless it was refused", async () => {
    const editor = new Editor("team", team, null);
    removed = () => {
      editor.hear(undefined); // the socket is quicker than the answer
      return new Response(null, { status: 204 });
    };
    assert.ok(await editor.remove());
    assert.equal(editor.gone, false);

    const other = new Editor("team", team, null);
    removed = () => refusal("in_use", 409);
    assert.equal(await other.remove(), false);
    assert.notEqual(other.failure, "");
    other.hear(undefined);
    assert.ok(other.gone);
  });

  test("what a field was given is refused at that field, before anything is sent", () => {
    const editor = new Editor("team", team, null);
    editor.refuse("picture", "Too small.");
    assert.deepEqual([editor.wrong, editor.failure, editor.dirty, asked], ["picture", "Too small.", false, []]);
    editor.discard();
    assert.equal(editor.failure, "");
  });

  test("a refusal inside a list names the entry", async () => {
    const editor = new Editor("team", team, null);
    globalThis.fetch = async () => refusal("bad_input", 400, "$.members[1].technician");
    editor.set("name", "Other");
    assert.equal(await editor.save(), null);
    assert.equal(editor.wrong, "members.1.technician");
  });
});
