// The sparse window over the shared list: paging while tickets come and go, order kept under live change (G-10..G-12).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KEPT, ListStore, OVERLAP, PAGE } from "./list-store.ts";

const ME = { id: "acme", name: "Acme" };

function ticket(number, more = {}) {
  return {
    id: `t${number}`,
    key: `ACME-${number}`,
    company: ME,
    portal: "demo",
    customer: `Customer ${number}`,
    verified: false,
    subject: `Subject ${number}`,
    status: "open",
    chat: "not_joined",
    view: "new",
    assignee: null,
    joined: false,
    created_at: number * 1_000,
    device_class: "linux",
    undo: null,
    ...more,
  };
}

function hint(of, more = {}) {
  return { ticket: of.id, last_activity_at: of.created_at, waiting_since: of.created_at, unread: 0, ...more };
}

/** A server with one company whose list changes under the pages it gives out. */
class Desk {
  seq = 0;
  tickets = new Map();
  frames = [];

  constructor(count) {
    for (let i = 1; i <= count; i += 1) this.put(ticket(i), true);
    this.frames = [];
  }

  put(changed, fresh = false) {
    this.seq += 1;
    this.tickets.set(changed.id, changed);
    const frame = { type: "ticket", company: "acme", seq: this.seq, ticket: changed, fresh };
    this.frames.push(frame);
    return frame;
  }

  inView(view) {
    return [...this.tickets.values()]
      .filter((one) => view === "all" || one.view === view)
      .sort((a, b) => b.created_at - a.created_at);
  }

  page(wanted, view) {
    const all = this.inView(view);
    const rows = all.slice(wanted.offset, wanted.offset + wanted.limit).map((one) => ({ ticket: one, hint: hint(one) }));
    return { type: "list", ref: 1, view, offset: wanted.offset, rows, total: all.length, positions: { acme: this.seq } };
  }
}

/** Loads until the window is whole; returns how far rows were moved. */
function load(store, desk, first, last) {
  let moved = 0;
  for (let round = 0; round < 20; round += 1) {
    const wanted = store.wanted(first + moved, last + moved);
    if (!wanted) return moved;
    store.asked();
    moved += store.place(wanted, desk.page(wanted, store.order.view));
  }
  throw new Error("the window never became whole");
}

function ids(store) {
  return store.rows.map((row) => row.ticket.id);
}

function view(name) {
  return { view: name, sort: "time", descending: true };
}

describe("paging", () => {
  test("an empty list is loaded and empty", () => {
    const store = new ListStore();
    load(store, new Desk(0), 0, 20);
    assert.equal(store.loaded, true);
    assert.equal(store.total, 0);
  });

  test("the first window asks for one page, scrolling for the next", () => {
    const store = new ListStore();
    const desk = new Desk(500);
    load(store, desk, 0, 20);
    assert.equal(store.rows.length, PAGE);
    assert.equal(store.total, 500);
    assert.equal(store.at(0).ticket.id, "t500");
    load(store, desk, 90, 110);
    assert.equal(store.at(109).ticket.id, "t391");
    assert.equal(new Set(ids(store)).size, store.rows.length);
  });

  test("a jump far away starts a new run, and going up from there meets the true top", () => {
    const store = new ListStore();
    const desk = new Desk(5_000);
    load(store, desk, 0, 20);
    load(store, desk, 3_000, 3_020);
    assert.equal(store.at(3_000).ticket.id, "t2000");
    for (let first = 2_990; first >= 0; first -= 10) load(store, desk, first, first + 20);
    assert.equal(store.start, 0);
    assert.equal(store.at(0).ticket.id, "t5000");
    assert.ok(store.rows.length <= KEPT + PAGE + 2 * OVERLAP);
  });

  test("memory stays bounded when the whole of a long list is scrolled through", () => {
    const store = new ListStore();
    const desk = new Desk(50_000);
    const seen = new Set();
    for (let first = 0; first < 50_000; first += 50) {
      load(store, desk, first, first + 60);
      for (let slot = first; slot < Math.min(first + 60, store.total); slot += 1) seen.add(store.at(slot).ticket.id);
      assert.ok(store.rows.length <= KEPT);
    }
    assert.equal(seen.size, 50_000);
  });

  test("nothing is skipped and nothing comes twice when tickets leave and arrive between two pages", () => {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(300);
    load(store, desk, 0, 20);
    for (const number of [290, 280, 270]) desk.put(ticket(number, { view: "active", status: "in_progress" }));
    for (const number of [301, 302, 303, 304, 305]) desk.put(ticket(number), true);
    for (const frame of desk.frames) store.apply(frame);
    for (let first = 0; first < 320; first += 10) load(store, desk, first, first + 20);
    const shown = ids(store);
    assert.equal(new Set(shown).size, shown.length);
    for (let number = 1; number <= 300; number += 1) assert.ok(shown.includes(`t${number}`), `t${number} is missing`);
    assert.equal(store.total, 300);
    assert.equal(store.newcomers.size, 5);
  });

  test("changes that arrive while a page is on its way are not lost with it", () => {
    const store = new ListStore();
    const desk = new Desk(50);
    const wanted = store.wanted(0, 20);
    store.asked();
    const page = desk.page(wanted, "all");
    store.apply(desk.put(ticket(50, { subject: "changed" })));
    store.hint({ type: "hint", hint: hint(ticket(49), { unread: 3, last_activity_at: 99_000 }) });
    store.place(wanted, page);
    assert.equal(store.at(0).ticket.subject, "changed");
    assert.equal(store.at(1).hint.unread, 3);
  });

  test("asked for again in the middle, it says by how much the rows on the screen have moved", () => {
    const store = new ListStore();
    const desk = new Desk(2_000);
    load(store, desk, 1_000, 1_030);
    const seen = store.at(1_010).ticket.id;
    for (let number = 2_001; number <= 2_007; number += 1) desk.put(ticket(number), true);
    desk.tickets.delete(store.at(1_000).ticket.id);
    const wanted = store.again(1_000, store.order, "again");
    store.asked();
    assert.equal(store.place(wanted, desk.page(wanted, "all")), 6);
    assert.equal(store.at(1_016).ticket.id, seen);
  });

  test("asked for again in another order, nothing has moved: it is another list", () => {
    const store = new ListStore();
    const desk = new Desk(2_000);
    load(store, desk, 1_000, 1_030);
    desk.put(ticket(2_001), true);
    const wanted = store.again(1_000, view("new"), "again");
    store.asked();
    assert.equal(store.place(wanted, desk.page(wanted, "new")), 0);
  });

  test("away forgets rows, counts and what was to come", () => {
    const store = new ListStore();
    const desk = new Desk(50);
    load(store, desk, 0, 20);
    store.apply(desk.put(ticket(51), true));
    store.forget();
    assert.equal(store.rows.length + store.newcomers.size + store.total, 0);
    assert.equal(store.get("t50"), undefined);
    assert.equal(store.loaded, false);
  });

  test("another order is shown when its page is there, with what changed meanwhile", () => {
    const store = new ListStore();
    const desk = new Desk(50);
    load(store, desk, 0, 20);
    const wanted = store.again(0, view("new"));
    store.asked();
    const page = desk.page(wanted, "new");
    store.apply(desk.put(ticket(50, { view: "active" })));
    assert.equal(store.order.view, "all");
    store.place(wanted, page);
    assert.equal(store.order.view, "new");
    assert.equal(store.get("t50").left, true);
  });

  test("a list that shrank under a jump settles at its end", () => {
    const store = new ListStore();
    const desk = new Desk(1_000);
    load(store, desk, 0, 20);
    for (let number = 1; number <= 700; number += 1) desk.tickets.delete(`t${number}`);
    load(store, desk, 900, 920);
    assert.equal(store.total, 300);
    load(store, desk, 280, 300);
    assert.equal(store.at(299).ticket.id, "t701");
  });
});

describe("live changes", () => {
  test("a change patches its row in place and an older one is ignored", () => {
    const store = new ListStore();
    const desk = new Desk(30);
    const old = desk.put(ticket(20, { subject: "old" }));
    load(store, desk, 0, 20);
    const before = ids(store);
    store.apply(desk.put(ticket(20, { subject: "newer" })));
    store.apply(old);
    assert.equal(store.get("t20").ticket.subject, "newer");
    assert.deepEqual(ids(store), before);
  });

  test("a row that leaves the view stays, dimmed, and comes back to life when it returns", () => {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(10);
    load(store, desk, 0, 20);
    store.apply(desk.put(ticket(5, { view: "active" })));
    assert.equal(store.get("t5").left, true);
    assert.equal(store.stale, true);
    store.apply(desk.put(ticket(5)));
    assert.equal(store.get("t5").left, false);
    assert.equal(store.rows.length, 10);
  });

  test("a new ticket is counted, not shown, until the list is asked for again", () => {
    const store = new ListStore();
    const desk = new Desk(10);
    load(store, desk, 0, 20);
    store.apply(desk.put(ticket(11), true));
    store.apply(desk.put(ticket(11, { subject: "again" })));
    assert.equal(store.newcomers.size, 1);
    assert.equal(store.rows.length, 10);
    const wanted = store.again(0);
    store.asked();
    store.place(wanted, desk.page(wanted, "all"));
    assert.equal(store.newcomers.size, 0);
    assert.equal(store.at(0).ticket.subject, "again");
  });

  test("at the top it slides: what has left goes and what is new comes, as the server would tell it", () => {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(400);
    desk.put(ticket(390, { view: "active" }));
    load(store, desk, 0, 20);
    const told = (one) => {
      store.apply(desk.put(one, one.id === "t401" || one.id === "t402"));
      store.hint({ type: "hint", hint: hint(one) });
    };
    for (const one of [ticket(401), ticket(402), ticket(399, { view: "active" }), ticket(390)]) told(one);
    store.apply(desk.put(ticket(401, { subject: "changed meanwhile" })));
    assert.equal(store.slide(), true);
    const page = desk.page({ offset: 0, limit: store.rows.length }, "new");
    assert.deepEqual(store.rows.map(({ ticket, hint }) => ({ ticket, hint })), page.rows);
    assert.equal(store.total, page.total);
    assert.equal(store.stale, false);
    assert.equal(store.get("t402"), store.at(0));
    assert.equal(store.get("t399"), undefined);
    load(store, desk, 90, 130);
    assert.equal(new Set(ids(store)).size, store.rows.length);
  });

  test("it does not slide where it does not know who stands where", () => {
    const store = new ListStore();
    const desk = new Desk(400);
    load(store, desk, 0, 20);
    const before = ids(store);
    store.apply(desk.put(ticket(401), true));
    assert.equal(store.slide(), false, "nothing is known of its messages");
    store.hint({ type: "hint", hint: hint(ticket(401)) });
    store.order = { ...store.order, sort: "customer" };
    assert.equal(store.slide(), false, "names are sorted by the server");
    store.order = view("all");
    assert.deepEqual(ids(store), before);
    load(store, desk, 300, 320);
    assert.equal(store.slide(), false, "the top is not there");
  });

  test("a newcomer that leaves the view again is no longer counted", () => {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(10);
    load(store, desk, 0, 20);
    store.apply(desk.put(ticket(11), true));
    store.apply(desk.put(ticket(11, { view: "active" })));
    assert.equal(store.newcomers.size, 0);
  });

  test("a ticket beyond what is loaded is no newcomer, one between loaded rows is", () => {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(400);
    const gone = ticket(390, { view: "active" });
    desk.tickets.set("t390", gone);
    load(store, desk, 0, 20);
    store.apply(desk.put(ticket(7, { subject: "far below" })));
    assert.equal(store.newcomers.size, 0);
    store.apply(desk.put(ticket(390, { subject: "given back" })));
    assert.equal(store.newcomers.size, 1);
  });

  test("a frame that the first page already knows is ignored for unknown tickets", () => {
    const store = new ListStore();
    const desk = new Desk(300);
    const known = desk.put(ticket(301), true);
    load(store, desk, 0, 20);
    store.apply({ ...known, ticket: ticket(3) });
    assert.equal(store.newcomers.size, 0);
  });

  test("hints change what messages touch, older hints do not", () => {
    const store = new ListStore();
    const desk = new Desk(3);
    load(store, desk, 0, 20);
    store.hint({ type: "hint", hint: hint(ticket(2), { unread: 2, last_activity_at: 50_000 }) });
    store.hint({ type: "hint", hint: hint(ticket(2), { unread: 1, last_activity_at: 40_000 }) });
    assert.equal(store.get("t2").hint.unread, 2);
  });

  test("says whether a frame changed anything that is shown", () => {
    const store = new ListStore();
    const desk = new Desk(5_000);
    const old = desk.put(ticket(4_990, { subject: "old" }));
    load(store, desk, 0, 20);
    assert.equal(store.apply(desk.put(ticket(4_990, { subject: "seen" }))), true);
    assert.equal(store.apply(old), false);
    assert.equal(store.apply(desk.put(ticket(7, { subject: "far below" }))), false);
    assert.equal(store.apply(desk.put(ticket(5_001), true)), true);
    assert.equal(store.apply(desk.put(ticket(5_001, { subject: "counted already" }))), false);
    assert.equal(store.hint({ type: "hint", hint: hint(ticket(4_990), { unread: 1, last_activity_at: 9_000_000 }) }), true);
    assert.equal(store.hint({ type: "hint", hint: hint(ticket(7), { unread: 1, last_activity_at: 9_000_000 }) }), false);
  });

  test("a ticket out of reach goes at once", () => {
    const store = new ListStore();
    load(store, new Desk(3), 0, 20);
    store.drop("t2");
    assert.deepEqual(ids(store), ["t3", "t1"]);
    assert.equal(store.total, 2);
  });
});

test("random churn and scrolling: no row twice, none moves by a frame, and a quiet scroll sees every ticket", () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 30; round += 1) {
    const store = new ListStore();
    store.order = view("new");
    const desk = new Desk(200 + random(900));
    let next = desk.tickets.size + 1;
    let first = 0;
    load(store, desk, 0, 30);
    for (let step = 0; step < 60; step += 1) {
      const before = ids(store);
      for (let change = random(4); change > 0; change -= 1) {
        const frame =
          random(3) === 0
            ? desk.put(ticket(next++), true)
            : desk.put(ticket(1 + random(next - 1), random(2) ? {} : { view: "active", status: "in_progress" }));
        store.apply(frame);
      }
      assert.deepEqual(ids(store), before);
      first = Math.max(0, Math.min(store.total - 30, first + random(160) - 60));
      if (random(12) === 0) first = random(Math.max(1, store.total - 30));
      first = Math.max(0, first + load(store, desk, first, first + 30));
      assert.equal(new Set(ids(store)).size, store.rows.length);
      for (let slot = first; slot < Math.min(first + 30, store.total); slot += 1) assert.ok(store.at(slot));
    }
    const wanted = store.again(0);
    store.asked();
    store.place(wanted, desk.page(wanted, "new"));
    const seen = new Set();
    for (let slot = 0; slot < store.total; slot += 10) {
      load(store, desk, slot, slot + 30);
      for (let i = slot; i < Math.min(slot + 30, store.total); i += 1) seen.add(store.at(i).ticket.id);
    }
    assert.deepEqual([...seen].sort(), desk.inView("new").map((one) => one.id).sort());
  }
});

test("of a part of the list, newcomers of other queues are not counted", () => {
  const store = new ListStore();
  const desk = new Desk(0);
  const part = { name: "My teams", queues: ["printers"], assignees: ["max"] };
  store.asked();
  store.place(store.again(0, { ...view("all"), only: part }), desk.page({ offset: 0, limit: PAGE }, "all"));
  store.apply(desk.put(ticket(1, { queue: "printers" }), true));
  store.apply(desk.put(ticket(2, { queue: "screens" }), true));
  store.apply(desk.put(ticket(3, { queue: "screens", assignee: { id: "max", name: "Max" } }), true));
  assert.deepEqual([...store.newcomers.keys()], ["t1", "t3"]);
});
