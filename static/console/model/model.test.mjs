// The console's small pure parts: windows, counts, keys, addresses, drafts, search snippets, my tickets.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { countOf, counted, within } from "./counts.ts";
import { Drafts } from "./drafts.ts";
import { SHORTCUTS, actionOf } from "./keymap.ts";
import { compare } from "./list-order.ts";
import { OVERSCAN, scrollTo, slotAfter, windowOf } from "./list-window.ts";
import {
  NO_TICKETS,
  changed,
  hinted,
  taken,
  unreadOf,
} from "./my-tickets.ts";
import { FIRST_WIDTHS, clamp, remembered } from "./panes.ts";
import { HOME, back, format, parse } from "./route.ts";
import { isKey, lengthOf, pieces } from "./snippet.ts";
import { subjectFor } from "./subject.ts";
import { learnPatience, urgency, waitingSince } from "./waiting.ts";

const press = { code: "", ctrl: false, alt: false, meta: false, inText: false, composing: false };

describe("the window of a long list", () => {
  test("draws what is visible and a little more", () => {
    assert.deepEqual(windowOf(0, 560, 56, 50_000), { first: 0, last: 10 + OVERSCAN });
    assert.deepEqual(windowOf(56_000, 560, 56, 50_000), { first: 1_000 - OVERSCAN, last: 1_010 + OVERSCAN });
    assert.deepEqual(windowOf(9_999_999, 560, 56, 20), { first: 20, last: 20 });
    assert.deepEqual(windowOf(0, 560, 56, 0), { first: 0, last: 0 });
  });

  test("scrolls no further than a row needs", () => {
    assert.equal(scrollTo(3, 0, 560, 56), 0);
    assert.equal(scrollTo(10, 0, 560, 56), 56);
    assert.equal(scrollTo(2, 560, 560, 56), 112);
  });

  test("keys walk through it and stop at its ends", () => {
    assert.equal(slotAfter("j", null, 5, 3), 0);
    assert.equal(slotAfter("j", 4, 5, 3), 4);
    assert.equal(slotAfter("ArrowUp", 0, 5, 3), 0);
    assert.equal(slotAfter("k", null, 5, 3), 4);
    assert.equal(slotAfter("PageDown", 0, 50, 10), 9);
    assert.equal(slotAfter("End", 0, 50, 10), 49);
    assert.equal(slotAfter("x", 0, 50, 10), null);
    assert.equal(slotAfter("j", null, 0, 3), null);
  });
});

describe("counts on the views", () => {
  const acme = { type: "counts", company: "a", new: 2, active: 3, completed: 600, all: 605 };
  const other = { type: "counts", company: "b", new: 1, active: 0, completed: 600, all: 1_001 };

  test("are summed over my companies and stop at 1,000+", () => {
    const both = counted(counted(new Map(), acme), other);
    assert.deepEqual(countOf(both, "new"), { count: 3, more: false });
    assert.deepEqual(countOf(both, "completed"), { count: 1_000, more: true });
    assert.deepEqual(countOf(counted(new Map(), acme), "completed"), { count: 600, more: false });
    const many = counted(both, { ...other, new: 10_001 });
    assert.deepEqual(countOf(many, "new"), { count: 10_000, more: true });
  });

  test("forget a company I may no longer see, and say nothing before anything is known", () => {
    const both = counted(counted(new Map(), acme), other);
    assert.deepEqual(countOf(within(both, ["b"]), "new"), { count: 1, more: false });
    assert.equal(countOf(new Map(), "all"), null);
  });
});

describe("keys", () => {
  test("each key means one thing", () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
    assert.equal(new Set(keys).size, keys.length);
  });

  test("letters act outside of texts only; Escape acts everywhere", () => {
    assert.equal(actionOf({ ...press, key: "a", code: "KeyA" }), "assign");
    assert.equal(actionOf({ ...press, key: "a", code: "KeyA", inText: true }), null);
    assert.equal(actionOf({ ...press, key: "Escape", inText: true }), "back");
    assert.equal(actionOf({ ...press, key: "a", code: "KeyA", ctrl: true }), null);
    assert.equal(actionOf({ ...press, key: "?", code: "Slash" }), "help");
  });

  test("a Cyrillic keyboard counts by the place of the key, a French one by its letter", () => {
    assert.equal(actionOf({ ...press, key: "ф", code: "KeyA" }), "assign");
    assert.equal(actionOf({ ...press, key: "a", code: "KeyQ" }), "assign");
  });
});

test("addresses after # survive there and back, and nonsense is home", () => {
  const id = "0123456789abcdef".repeat(2);
  for (const hash of ["#/tickets", `#/mine/${id}`, `#/search/${id}/at/e9`, `#/tickets/${id}/details`, "#/account", `#/admin/teams/${id}`, "#/admin"]) {
    assert.equal(format(parse(hash)), hash);
  }
  assert.deepEqual(parse("#/elsewhere/x"), HOME);
  assert.deepEqual(parse("#/mine/%E0%A4%A"), { ...HOME, side: "mine" });
  // the server would close the connection for an id that is none
  assert.equal(parse(`#/mine/${id.slice(1)}`).ticket, "0".repeat(32));
  assert.equal(format(back(parse(`#/mine/${id}/details`))), `#/mine/${id}`);
  assert.equal(format(back(parse(`#/mine/${id}`))), "#/mine");
  assert.equal(format(back(parse("#/account"))), "#/tickets");
  assert.equal(format(back(parse(`#/admin/teams/${id}`))), "#/admin/teams");
  assert.equal(format(back(parse("#/admin"))), "#/tickets");
});

describe("drafts", () => {
  function shelf() {
    const kept = new Map();
    return {
      kept,
      get: (key) => kept.get(key) ?? null,
      set: (key, value) => kept.set(key, value),
      remove: (key) => kept.delete(key),
    };
  }

  test("a reply and a note are kept apart, per ticket and technician, through a reload", () => {
    const place = shelf();
    const drafts = new Drafts(place, "lena");
    drafts.change("t1", { reply: "Hello" });
    drafts.change("t1", { note: "printer again", mode: "note" });
    const later = new Drafts(place, "lena");
    assert.deepEqual(later.of("t1"), { reply: "Hello", note: "printer again", mode: "note" });
    assert.equal(later.has("t1"), true);
    assert.equal(later.has("t2"), false);
    assert.equal(new Drafts(place, "max").has("t1"), false);
  });

  test("an empty one leaves nothing behind, a damaged one is empty", () => {
    const place = shelf();
    const drafts = new Drafts(place, "lena");
    drafts.change("t1", { reply: "x" });
    drafts.change("t1", { reply: "" });
    assert.equal(place.kept.size, 0);
    place.set("deskwire.draft.lena.t2", "{");
    assert.equal(drafts.of("t2").reply, "");
  });

  test("without storage a draft lives as long as the page", () => {
    const drafts = new Drafts({ get: () => null, set: () => undefined, remove: () => undefined }, "lena");
    drafts.change("t1", { reply: "kept" });
    assert.equal(drafts.of("t1").reply, "kept");
  });
});

describe("my tickets", () => {
  const alone = { waits_for: null, offer: null, helpers: [], routed_at: null };
  const ticket = { id: "t1", assignee: { id: "me", name: "Lena" }, status: "in_progress", created_at: 2, ...alone };
  const hint = { ticket: "t1", last_activity_at: 1, waiting_since: null, unread: 1 };
  const row = (id, created_at) => ({ ticket: { ...ticket, id, created_at }, hint: { ...hint, ticket: id } });
  const mine = taken(NO_TICKETS, { rows: [row("t0", 1)], before: null, more: null });

  test("a newer ticket comes above an older one, changes in place and leaves when it is not mine or done", () => {
    const two = changed(mine, { type: "my_ticket", ticket, hint }, "me");
    assert.deepEqual(two.rows.map((row) => row.ticket.id), ["t1", "t0"]);
    const again = changed(two, { type: "my_ticket", ticket: { ...ticket, id: "t0", created_at: 1, chat: "joined" }, hint }, "me");
    assert.deepEqual(again.rows.map((row) => row.ticket.id), ["t1", "t0"]);
    assert.equal(changed(two, { type: "my_ticket", ticket: { ...ticket, status: "done" }, hint }, "me").rows.length, 1);
    assert.equal(changed(two, { type: "my_ticket", ticket: { ...ticket, assignee: null }, hint }, "me").rows.length, 1);
    assert.equal(changed(NO_TICKETS, { type: "my_ticket", ticket, hint }, "me").rows.length, 1);
  });

  test("an older page goes on with what is there, the first one replaces it", () => {
    const first = taken(mine, { rows: [row("t9", 9), row("t8", 8), row("t3", 3)], before: null, more: "t8" });
    const all = taken(first, { rows: [row("t7", 7), row("t3", 3), row("t1", 1)], before: "t8", more: null });
    assert.deepEqual(all.rows.map(({ ticket }) => ticket.id), ["t9", "t8", "t7", "t3", "t1"]);
    assert.deepEqual([first.more, all.more], ["t8", null]);
    assert.deepEqual(taken(all, { rows: [], before: null, more: null }).rows, []);
  });

  test("hints change unread counts, an older hint does not", () => {
    const newer = hinted(mine, { type: "hint", hint: { ...hint, ticket: "t0", unread: 4, last_activity_at: 9 } });
    assert.equal(unreadOf(newer), 4);
    assert.equal(hinted(newer, { type: "hint", hint: { ...hint, ticket: "t0", unread: 0, last_activity_at: 8 } }), newer);
  });
});

test("waiting turns amber, then red, when the portal says so, and ends with the chat", () => {
  const minute = 60_000;
  learnPatience([{ portal: "hasty", amber_minutes: 1, red_minutes: 2 }]);
  const of = (portal) => [0.9, 1, 2, 5, 15].map((waited) => urgency(portal, 0, waited * minute));
  assert.deepEqual(of("hasty"), ["calm", "late", "too-late", "too-late", "too-late"]);
  assert.deepEqual(of("other"), ["calm", "calm", "calm", "late", "too-late"]);
  assert.equal(urgency("hasty", null, 15 * minute), "calm");
  assert.equal(waitingSince({ status: "done", chat: "joined" }, { waiting_since: 5 }), null);
  assert.equal(waitingSince({ status: "open", chat: "not_joined" }, { waiting_since: 5 }), 5);
});

describe("search", () => {
  test("markers become pieces, stray ones disappear", () => {
    assert.deepEqual(pieces("the \ue000printer\ue001 is"), [
      { text: "the ", hit: false },
      { text: "printer", hit: true },
      { text: " is", hit: false },
    ]);
    assert.deepEqual(pieces("\ue001a\ue000"), [{ text: "a", hit: false }]);
  });

  test("an exact key is recognised and two characters are two characters", () => {
    assert.equal(isKey(" acme-12 "), true);
    assert.equal(isKey("acme 12"), false);
    assert.equal(lengthOf(" 😀 "), 1);
    assert.equal(lengthOf("ab"), 2);
  });
});

test("keys sort by number, sides stay readable", () => {
  assert.ok(compare({ key: "ACME-9" }, { key: "ACME-10" }, "key") < 0);
  assert.equal(clamp("list", 2_000, FIRST_WIDTHS, 1_440), 1_440 - 320 - 360);
  assert.equal(clamp("details", 10, FIRST_WIDTHS, 1_440), 260);
  assert.deepEqual(remembered('{"list":400,"details":300}'), { list: 400, details: 300 });
  assert.deepEqual(remembered("{}"), FIRST_WIDTHS);
  assert.deepEqual(remembered(null), FIRST_WIDTHS);
});

test("a subject is read in my language where it has been put into that", () => {
  const ticket = { subject: "Printer", subjects: { fr: "Imprimante" } };
  assert.deepEqual(subjectFor(ticket, "fr"), { text: "Imprimante", lang: "fr" });
  assert.deepEqual(subjectFor(ticket, "nl"), { text: "Printer", lang: null });
  assert.deepEqual(subjectFor(ticket, null), { text: "Printer", lang: null });
});
