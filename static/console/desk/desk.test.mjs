// The desk as a whole, on a wire in our hands: which frame reaches whom, and what stays when one goes away (G-02..G-04).
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { hint, listOf, message, page, settled, ticket } from "./fake-server.mjs";

const target = new EventTarget();
globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;
globalThis.location = { href: "http://desk/console" };
globalThis.document = Object.assign(target, { visibilityState: "visible", hasFocus: () => true });

/** The socket of the page; the test plays the server. */
class FakeWebSocket {
  static last = null;
  sent = [];

  constructor(url) {
    this.url = String(url);
    FakeWebSocket.last = this;
  }

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close() {}

  get(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  asked(type) {
    return this.sent.filter((command) => command.type === type);
  }

  /** Answers the last command of this kind. */
  answer(type, frame) {
    this.get({ ...frame, ref: this.asked(type).at(-1).ref });
  }
}
globalThis.WebSocket = FakeWebSocket;

const { Desk } = await import("./desk.ts");

const LENA = { id: "lena", name: "Lena", email: "l@x", role: "technician", language: "fr", availability: "available", totp: false };
const mine = (number, more = {}) => ticket(number, { assignee: { id: "lena", name: "Lena" }, status: "in_progress", view: "active", ...more });

let desk = null;

afterEach(() => desk?.dispose());

async function started(availability = "available", myTickets = []) {
  desk = new Desk({ ...LENA, availability });
  const told = [];
  desk.notices.tell = (notice) => told.push(notice);
  desk.notices.put = (event, text) => told.push({ event, text });
  desk.list.show(0, 20);
  desk.start();
  const wire = FakeWebSocket.last;
  wire.onopen();
  wire.get({ type: "welcome", epoch: "one", me: { ...LENA, availability }, companies: [{ id: "acme", name: "Acme" }], absent_since: null });
  await settled();
  wire.answer("mine", { type: "mine", before: null, more: null, rows: myTickets.map((one) => ({ ticket: one, hint: hint(one) })) });
  if (availability === "available") wire.answer("list", listOf(3)({ offset: 0, limit: 100, view: "all" }));
  await settled();
  return { wire, told };
}

async function watched(wire, of, events) {
  wire.answer("watch", page(of, events));
  await settled();
}

test("the session's cookie says who I am: the first message tells only what the page is written in", async () => {
  const { wire } = await started();
  assert.deepEqual(wire.sent[0], { type: "hello", lang: "en" });
  assert.equal(wire.url, "ws://desk/ws/v1/console");
});

test("available: my tickets, the shared list and the transcripts of mine are asked for", async () => {
  const { wire } = await started("available", [mine(9)]);
  assert.equal(desk.list.model.total, 3);
  assert.equal(desk.mine.rows.length, 1);
  assert.deepEqual(wire.asked("watch").map((command) => command.ticket), ["t9"]);
});

test("away: the shared list is never asked for", async () => {
  const { wire } = await started("away", [mine(9)]);
  assert.equal(wire.asked("list").length, 0);
  assert.equal(desk.mine.rows.length, 1);
});

test("going away forgets the list and what is not mine at once; coming back asks for everything anew", async () => {
  const { wire } = await started("available", [mine(9)]);
  await watched(wire, mine(9), [message(1)]);
  desk.open("t3");
  await watched(wire, ticket(3), [message(1)]);
  wire.get({ type: "availability", state: "away" });
  assert.equal(desk.list.model.rows.length, 0);
  assert.equal(desk.summary("t3"), null);
  assert.equal(desk.chats.get("t3").state, "gone");
  assert.equal(desk.summary("t9").key, "ACME-9");
  wire.get({ type: "availability", state: "available" });
  wire.answer("list", listOf(5)({ offset: 0, limit: 100, view: "all" }));
  await settled();
  assert.equal(desk.list.model.total, 5);
  assert.equal(wire.asked("watch").at(-1).ticket, "t3");
});

test("a fresh ticket is worth a notice, a changed one is not", async () => {
  const { wire, told } = await started();
  wire.get({ type: "ticket", company: "acme", seq: 2, ticket: ticket(4), fresh: true });
  wire.get({ type: "ticket", company: "acme", seq: 3, ticket: ticket(4, { status: "in_progress" }), fresh: false });
  assert.deepEqual(told.map((notice) => notice.ticket), ["t4"]);
});

test("a customer's message in my ticket is worth a notice unless I am looking at it", async () => {
  const { wire, told } = await started("available", [mine(9)]);
  await watched(wire, mine(9), [message(1)]);
  wire.get({ type: "event", ticket: "t9", ...message(2) });
  assert.equal(told.length, 1);
  desk.open("t9");
  wire.get({ type: "event", ticket: "t9", ...message(3) });
  wire.get({ type: "event", ticket: "t9", ...message(4, { kind: "note" }) });
  assert.equal(told.length, 1);
});

test("what can be translated, and what I read, is what was told last", async () => {
  const { wire } = await started();
  let drawn = 0;
  desk.listen(() => (drawn += 1));
  wire.get({ type: "languages", languages: { fr: ["en"] } });
  assert.deepEqual([desk.languages, drawn], [{ fr: ["en"] }, 1]);
  wire.get({ type: "me", me: { ...LENA, language: "nl", name: "Lena B." } });
  assert.deepEqual([desk.me.language, desk.me.name, drawn], ["nl", "Lena B.", 2]);
});

test("a ticket that is translated from now on is watched anew, so that it is into my language; one that is no more is not", async () => {
  const { wire } = await started("available", [mine(9)]);
  const { ticket: details, ...rest } = page(mine(9), [message(1)]);
  wire.answer("watch", { ...rest, ticket: { ...details, translates: false } });
  await settled();
  const translates = () => desk.chats.get("t9").transcript.ticket.translates;
  wire.get({ type: "translates", ticket: "t9", translates: true });
  assert.deepEqual([translates(), wire.asked("watch").length], [true, 2]);
  wire.answer("watch", { ...rest, ticket: { ...details, translates: true } });
  await settled();
  wire.get({ type: "translates", ticket: "t9", translates: true });
  wire.get({ type: "translates", ticket: "t9", translates: false });
  wire.get({ type: "translates", ticket: "t1", translates: true });
  assert.deepEqual([translates(), wire.asked("watch").length], [false, 2]);
});

test("notices are read in my language: a subject that is translated, a message as soon as it is", async () => {
  const { wire, told } = await started("available", [mine(9)]);
  wire.get({ type: "ticket", company: "acme", seq: 2, ticket: ticket(4, { subjects: { fr: "Imprimante", nl: "Printer" } }), fresh: true });
  wire.get({ type: "event", ticket: "t9", ...message(2) });
  const made = (lang, more = {}) => ({ kind: "translation", id: "x", at: 1, of: "e2", lang, source: "en", state: "done", text: `${lang} 2`, via: null, reason: null, ...more });
  const all = [made("nl"), made("fr", { state: "failed", text: "" }), made("fr", { of: null }), made("fr")];
  all.forEach((event, index) => wire.get({ type: "event", ticket: "t9", seq: index + 3, event }));
  assert.deepEqual(told.map(({ text, event }) => [text, event]), [["Ada: Imprimante", null], ["text 2", "e2"], ["fr 2", "e2"]]);
});

test("a ticket of mine that is closed or given back leaves My tickets", async () => {
  const { wire } = await started("available", [mine(9), mine(8)]);
  wire.get({ type: "my_ticket", ticket: mine(9, { status: "done", view: "completed" }), hint: hint(mine(9)) });
  wire.get({ type: "my_ticket", ticket: ticket(8), hint: hint(ticket(8)) });
  assert.equal(desk.mine.rows.length, 0);
});

test("access that is taken: its rows and counts are gone at once, the lists are asked for again", async () => {
  const { wire } = await started();
  wire.get({ type: "counts", company: "acme", new: 1, active: 0, completed: 0, all: 1 });
  assert.equal(desk.list.counts.size, 1);
  wire.get({ type: "access", companies: [] });
  assert.equal(desk.list.model.rows.length, 0);
  await settled();
  assert.equal(desk.list.counts.size, 0);
  assert.equal(wire.asked("list").length, 2);
  assert.equal(wire.asked("mine").length, 2);
});

test("signed out elsewhere: told by a frame or by the close code", async () => {
  const { wire } = await started();
  let ended = 0;
  desk.onsignedout = () => (ended += 1);
  wire.get({ type: "signed_out" });
  wire.onclose({ code: 4502 });
  assert.ok(ended >= 1);
});

test("turned away for another reason: it is said, and one can try again", async () => {
  const { wire } = await started();
  wire.onclose({ code: 4504 });
  assert.equal(desk.turnedAway, true);
  desk.reconnect();
  assert.equal(desk.turnedAway, false);
  assert.notEqual(FakeWebSocket.last, wire);
});

test("C-08 back after others thought me gone: it is said, with the tickets that are mine no more, until I have read it", async () => {
  const { wire } = await started("available", [mine(9), mine(8)]);
  assert.equal(desk.absence, null);
  wire.onclose({ code: 4504 }); // so that the test says when it comes back
  desk.reconnect();
  const again = FakeWebSocket.last;
  again.onopen();
  again.get({ type: "welcome", epoch: "one", me: LENA, companies: [], absent_since: 5 });
  await settled();
  again.answer("mine", { type: "mine", before: null, more: null, rows: [{ ticket: mine(8), hint: hint(mine(8)) }] });
  await settled();
  assert.deepEqual([desk.absence.since, desk.absence.lost], [5, ["ACME-9"]]);
  desk.dismissAbsence();
  assert.equal(desk.absence, null);
  again.get({ type: "back", absent_since: 7 });
  await settled();
  again.answer("mine", { type: "mine", before: null, more: null, rows: [] });
  await settled();
  assert.deepEqual([desk.absence.since, desk.absence.lost], [7, ["ACME-8"]]);
});

test("who begins the day is not told of the night", async () => {
  desk = new Desk(LENA);
  desk.start();
  const wire = FakeWebSocket.last;
  wire.onopen();
  wire.get({ type: "welcome", epoch: "one", me: LENA, companies: [], absent_since: 5 });
  await settled();
  wire.answer("mine", { type: "mine", before: null, more: null, rows: [] });
  await settled();
  assert.equal(desk.absence, null);
});

test("what a colleague wants is said at the edge until its ticket is open, and not where it is on the screen", async () => {
  const { wire } = await started();
  const offer = { by: { id: "max", name: "Max" }, to: ["lena"], name: "Lena", team: null, comment: null };
  const offered = (number) => {
    const of = ticket(number, { assignee: offer.by, status: "in_progress", view: "active", offer });
    wire.get({ type: "my_ticket", ticket: of, hint: hint(of) });
  };
  offered(4);
  assert.deepEqual(desk.toasts.toasts.map(({ about }) => about), ["t4"]);
  desk.open("t4");
  assert.deepEqual(desk.toasts.toasts, []);
  desk.open("t5");
  offered(5);
  assert.deepEqual(desk.toasts.toasts, []);
});
