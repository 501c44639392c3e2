import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { emptyTranscript } from "../transcript.ts";
import { Reader } from "./reader.ts";
import { LATE_MS, customersSituation } from "./readings.ts";

const lena = { role: "technician", name: "Lena", id: null };
const situation = () => customersSituation({ language: "en", reader: "fr", translates: true }, { en: ["fr"], fr: ["en"] });

function host() {
  return { updates: 0, addController() {}, requestUpdate() { this.updates += 1; } };
}

function awaited(at) {
  const event = { kind: "message", id: "a", at, author: lena, text: "Bonjour", client_id: null };
  return { ...emptyTranscript(), lines: [{ seq: 1, event }] };
}

test("as long as nothing has changed the readings are the same ones", () => {
  const reader = new Reader(host());
  const transcript = awaited(0);
  const { possible } = situation();
  const now = { ...situation(), possible };
  const first = reader.read(transcript, now);
  assert.equal(reader.read({ ...transcript, typing: [] }, { ...now }), first);
  assert.notEqual(reader.read({ ...transcript, translations: [] }, now), first);
  assert.notEqual(reader.read(transcript, { ...now, mine: "nl" }), first);
});

test("what does not come is late by itself", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  try {
    const page = host();
    const reader = new Reader(page);
    const transcript = awaited(1_000_000);
    const now = situation();
    assert.equal(reader.read(transcript, now).get("a").state, "waiting");
    mock.timers.tick(LATE_MS - 1);
    assert.equal(page.updates, 0);
    mock.timers.tick(1);
    assert.equal(page.updates, 1);
    assert.equal(reader.read(transcript, now).get("a").state, "late");
    reader.hostDisconnected();
    mock.timers.tick(10 * LATE_MS);
    assert.equal(page.updates, 1);
  } finally {
    mock.timers.reset();
  }
});
