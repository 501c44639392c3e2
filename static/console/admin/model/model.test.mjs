import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { at, covers, differing, merge, put, same } from "./draft.ts";
import { followed, freshKey, keyOf, prefixOf, slugOf } from "./keys.ts";
import { picked } from "./picked.ts";
import { fits, moved } from "./rows.ts";
import { clocks, openings, standing } from "./week.ts";

describe("drafts", () => {
  const base = { name: "A", setup: { accent: "#000000", texts: { en: "Hi", fr: "Salut" } }, hosts: ["a.example"] };

  test("fields are found and put by their path, and what is beside them is shared", () => {
    const mine = put(base, "setup.texts.en", "Hello");
    assert.equal(at(mine, "setup.texts.en"), "Hello");
    assert.equal(mine.hosts, base.hosts);
    assert.equal(at(base, "setup.texts.en"), "Hi");
    assert.deepEqual(put(base, "setup.texts.en", undefined).setup.texts, { fr: "Salut" });
    assert.equal(at(base, "nothing.here"), undefined);
    assert.equal(at({ fields: [{ labels: {} }, { labels: { en: "Which?" } }] }, "fields.1.labels.en"), "Which?");
  });

  test("what differs is told by path; lists are one value", () => {
    const mine = put(put(base, "setup.texts.en", "Hello"), "hosts", ["b.example"]);
    assert.deepEqual(differing(base, mine).sort(), ["hosts", "setup.texts.en"]);
    assert.ok(same(mine, put(put(base, "hosts", ["b.example"]), "setup.texts.en", "Hello")));
  });

  test("two people who change different fields both get their way", () => {
    const merged = merge(base, put(base, "name", "Mine"), put(base, "setup.texts.fr", "Bonjour"));
    assert.deepEqual(merged.clashes, []);
    assert.equal(merged.draft.name, "Mine");
    assert.equal(merged.draft.setup.texts.fr, "Bonjour");
  });

  test("where both have changed the same field, mine stands there and is marked", () => {
    const merged = merge(base, put(base, "name", "Mine"), put(base, "name", "Theirs"));
    assert.deepEqual([merged.draft.name, merged.clashes], ["Mine", ["name"]]);
    assert.deepEqual(merge(base, put(base, "name", "Same"), put(base, "name", "Same")).clashes, []);
  });

  test("a field shows its own path and what is in it", () => {
    assert.ok(covers("setup.texts", "setup.texts.en"));
    assert.ok(covers("setup.fields", "setup"));
    assert.ok(!covers("setup.text", "setup.texts.en"));
  });
});

describe("weeks", () => {
  const hours = (from_day, from_time, to_day, to_time) => ({ from_day, from_time, to_day, to_time });
  const office = { time_zone: "Europe/Amsterdam", hours: [0, 1, 2, 3, 4].map((day) => hours(day, "09:00", day, "17:00")), exceptions: [] };
  // a Friday
  const friday = (minute) => ({ day: "2026-11-20", minute });

  test("open, and until when; over the weekend, and never", () => {
    assert.deepEqual(standing(office, friday(600)), { open: true, until: friday(1020) });
    assert.deepEqual(standing(office, friday(1020)), { open: false, until: { day: "2026-11-23", minute: 540 } });
    assert.deepEqual(standing({ ...office, hours: [] }, friday(0)), { open: false, until: null });
    assert.deepEqual(standing({ ...office, hours: [hours(0, "00:00", 6, "24:00")] }, friday(0)), { open: true, until: null });
  });

  test("a night goes over midnight, and over the end of the week", () => {
    const night = { ...office, hours: [hours(6, "22:00", 0, "06:00")] };
    assert.deepEqual(openings(night, "2026-11-22"), [[1320, 1440]]);
    assert.deepEqual(openings(night, "2026-11-23"), [[0, 360]]);
    assert.deepEqual(standing(night, { day: "2026-11-22", minute: 1400 }), { open: true, until: { day: "2026-11-23", minute: 360 } });
  });

  test("holidays take the place of the weekly hours, every year where it says so", () => {
    const closed = { first: "2020-12-31", last: "2021-01-01", name: "New Year", spans: [], every_year: true };
    const short = { first: "2026-11-20", last: "2026-11-20", name: "Party", spans: [{ from_time: "10:00", to_time: "12:00" }], every_year: false };
    const days = { ...office, exceptions: [closed, short] };
    assert.deepEqual(openings(days, "2026-11-20"), [[600, 720]]);
    assert.deepEqual(openings(days, "2026-12-31"), []);
    assert.deepEqual(openings(days, "2027-01-01"), []);
    assert.deepEqual(openings(days, "2027-01-04"), [[540, 1020]]);
  });

  test("what the clocks of a zone show", () => {
    assert.deepEqual(clocks(Date.UTC(2026, 10, 20, 23, 30), "Europe/Amsterdam"), { day: "2026-11-21", minute: 30 });
    assert.equal(clocks(0, "Europe/Nowhere"), null);
  });
});

describe("lists and names", () => {
  test("keys follow labels until they are saved", () => {
    assert.equal(keyOf("Système d’exploitation (2)"), "systeme_d_exploitation_2");
    assert.equal(keyOf("Версия"), "");
    assert.equal(freshKey("field", ["field", "field_2"]), "field_3");
    assert.equal(followed("field", "", "Version", ["field"], false), "version");
    assert.equal(followed("version", "Version", "Versions", ["version", "other"], false), "versions");
    assert.equal(followed("version", "Version", "Number", ["version"], true), "version");
    assert.equal(followed("own", "Version", "Number", ["own"], false), "own");
    assert.deepEqual([slugOf("Acme Support"), prefixOf("Acme Support"), prefixOf("Я")], ["acme-support", "ACME", ""]);
  });

  test("rows are filtered by words and moved by one", () => {
    assert.ok(fits("ada ex", ["Ada Byron", "ada@example.com"]));
    assert.ok(!fits("eve", ["Ada Byron"]));
    assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
    assert.deepEqual(moved(["a", "b", "c"], 2, 1), ["a", "c", "b"]);
  });

  test("a text is read in the reader's language, else in English, else in any", () => {
    assert.equal(picked({ fr: "Oui", en: "Yes" }, "fr-CA"), "Oui");
    assert.equal(picked({ fr: "Oui", en: "Yes" }, "nl"), "Yes");
    assert.equal(picked({ fr: "Oui" }, "nl"), "Oui");
  });
});
