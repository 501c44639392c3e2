import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyTranscript } from "../transcript.ts";
import { choices } from "./choices.ts";
import { LATE_MS, OLD_MS, customersSituation, differ, nextChange, readings, subjectIn, techniciansSituation, willTranslate } from "./readings.ts";

const BOTH = { en: ["fr"], fr: ["en"] };
const NOW = 1_790_000_000_000;
const ada = { role: "customer", name: "Ada", id: null };
const lena = { role: "technician", name: "Lena", id: "l" };
const noor = { role: "technician", name: "Noor", id: "n" };

const message = (id, author, at = NOW) => ({ kind: "message", id, at, author, text: `text ${id}`, client_id: null });
const done = (of, lang, text, more = {}) => ({ of, lang, source: "fr", state: "done", text, via: null, reason: null, ...more });
const not = (of, lang, state, reason) => ({ of, lang, source: null, state, text: "", via: null, reason });

const transcript = (events, translations = []) => ({
  ...emptyTranscript(),
  lines: events.map((event, index) => ({ seq: index + 1, event })),
  translations,
});
const lenasView = (more = {}) => ({
  ...techniciansSituation({ language: "fr-CA", translates: true }, { id: "l", language: "en" }, BOTH, false),
  ...more,
});
const adasView = (more = {}) => customersSituation({ language: "en", reader: "fr", translates: true, ...more }, BOTH);

const states = (found) => Object.fromEntries([...found].map(([key, { state }]) => [key, state]));

test("who writes in another language is translated for the reader, my own words for the other side", () => {
  const said = transcript([message("a", ada), message("b", lena), message("c", noor)]);
  const made = [done("a", "en", "Hello"), done("b", "fr", "Salut", { source: "en" }), done("c", "en", "Hi", { source: "nl", via: "en" })];
  const found = readings({ ...said, translations: made }, lenasView(), NOW);
  const [a, b, c] = ["a", "b", "c"].map((key) => found.get(key));
  assert.deepEqual([a.state, a.from, a.into, a.text, a.own], ["done", "fr", "en", "Hello", false]);
  assert.deepEqual([b.state, b.from, b.into, b.text, b.own], ["done", "en", "fr-CA", "Salut", true]);
  assert.deepEqual([c.state, c.from, c.via, c.own], ["done", "nl", "en", false]);
});

test("the customer reads translations of the technician's words; of the customer's own nothing is said", () => {
  const found = readings(transcript([message("a", ada), message("b", lena)], [done("b", "en", "Hello")]), adasView(), NOW);
  assert.deepEqual(states(found), { a: "same", b: "done" });
  assert.equal(found.get("a").from, "en");
});

test("of several translations into my language the last one counts, others are for others", () => {
  const made = [done("a", "en", "old"), done("a", "nl", "Hallo"), done("a", "en", "new")];
  assert.equal(readings(transcript([message("a", ada)], made), lenasView(), NOW).get("a").text, "new");
  const taken = [...made, not("a", "en", "skipped", "same_language")];
  assert.equal(readings(transcript([message("a", ada)], taken), lenasView(), NOW).get("a").state, "same");
});

test("a translation is waited for a minute, then it is late, and after ten minutes nobody is told so any more", () => {
  const ages = [0, LATE_MS - 1, LATE_MS, OLD_MS - 1, OLD_MS];
  const said = transcript(ages.map((age, index) => message(`${index}`, ada, NOW - age)));
  const found = readings(said, lenasView(), NOW);
  assert.deepEqual(Object.values(states(found)), ["waiting", "waiting", "late", "late", "same"]);
  assert.equal(nextChange(said.lines, found, NOW), 1);
  assert.equal(nextChange(said.lines.slice(0, 1), found, NOW), LATE_MS);
  assert.equal(nextChange(said.lines.slice(4), found, NOW), null);
  assert.equal(nextChange(said.lines, found, NOW - 2 ** 40), OLD_MS);
});

test("nothing is waited for where nothing will come", () => {
  const said = transcript([message("a", ada)]);
  const without = [
    { theirs: "en-GB" },
    { theirs: null },
    { translates: false },
    { possible: {} },
    { possible: { en: ["nl"], nl: ["en"] } },
    { possible: { en: ["fr"] } },
  ];
  for (const more of without) {
    assert.equal(readings(said, lenasView(more), NOW).get("a").state, "same");
  }
  assert.equal(readings(said, lenasView({ mine: null }), NOW).get("a"), undefined);
  assert.equal(readings(transcript([message("c", noor)]), lenasView(), NOW).get("c").state, "same");
});

test("a language is no pair: who can be read cannot be answered for that", () => {
  const said = transcript([message("a", ada), message("b", lena)]);
  assert.deepEqual(states(readings(said, lenasView({ possible: { fr: ["en"] } }), NOW)), { a: "waiting", b: "same" });
  assert.deepEqual(states(readings(said, lenasView({ possible: { en: ["fr"] } }), NOW)), { a: "same", b: "waiting" });
  const oneWay = { ...adasView(), possible: { fr: ["en"] } };
  assert.deepEqual(states(readings(said, oneWay, NOW)), { a: "same", b: "waiting" });
  assert.deepEqual([willTranslate(true, BOTH, "fr-CA", "en-GB"), willTranslate(false, BOTH, "fr", "en")], [true, false]);
});

test("what was skipped for a reason, or failed, says why; what needed nothing says nothing", () => {
  const reasons = ["unknown_language", "no_pair", "busy", "too_long", "bad_output", "engine", null];
  for (const reason of reasons) {
    const { state, reason: said } = readings(transcript([message("a", ada)], [not("a", "en", "failed", reason)]), lenasView(), NOW).get("a");
    assert.deepEqual([state, said], ["not", reason ?? "engine"]);
  }
  for (const reason of ["same_language", "nothing_to_translate"]) {
    assert.equal(readings(transcript([message("a", ada)], [not("a", "en", "skipped", reason)]), lenasView(), NOW).get("a").state, "same");
  }
});

test("notes, files and system lines are read as they are", () => {
  const others = ["note", "file", "joined"].map((kind) => ({ ...message(kind, lena), kind }));
  assert.equal(readings(transcript(others), lenasView(), NOW).size, 0);
});

test("a message is found under the key of its row", () => {
  const sent = { ...message("a", lena), client_id: "c1" };
  assert.equal(readings(transcript([sent], [done("a", "fr", "Salut")]), lenasView(), NOW).get("c1").state, "done");
});

test("the subject is read in my language where somebody has translated it", () => {
  const made = [done(null, "en", "Printer"), not("a", "en", "failed", "busy"), done(null, "nl", "Printer (nl)")];
  assert.equal(subjectIn("en-GB", transcript([], made)).text, "Printer");
  assert.equal(subjectIn("ru", transcript([], made)), null);
  assert.equal(subjectIn(null, transcript([], made)), null);
});

test("regions are no other languages", () => {
  assert.deepEqual([differ("fr", "fr-CA"), differ("fr", "en"), differ(null, "en")], [false, true, false]);
});

test("languages to choose from stand by name, the present one among them", () => {
  const names = (list) => list.map(({ name, chosen }) => (chosen ? `[${name}]` : name));
  assert.deepEqual(names(choices({ fr: ["en"], en: ["fr", "zt"] }, "fr-CA")), ["English", "[French]", "Traditional Chinese"]);
  assert.deepEqual(names(choices({}, "ru", ["en"])), ["English", "[Russian]"]);
  assert.deepEqual(names(choices({}, null)), []);
});
