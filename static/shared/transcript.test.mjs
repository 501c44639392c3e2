// Replays tests/golden/transcript-*.json: frames in, state out (C-01).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as transcript from "./transcript.ts";

const golden = new URL("../../tests/golden/", import.meta.url);

function replay({ audience, now, frames }) {
  const apply = audience === "customer" ? transcript.applyForCustomer : (ticket) => ticket;
  const step = {
    page: (state, frame) => transcript.takePage(state, frame),
    older: (state, frame) => transcript.takeOlder(state, frame),
    event: (state, frame) => transcript.takeEvent(state, frame, apply),
    read: (state, frame) => transcript.takeRead(state, frame),
    typing: (state, frame) => transcript.takeTyping(state, frame, now),
    heartbeat: (state, frame) => transcript.takeTail(state, Object.values(frame.tails)[0]),
  };
  return frames.reduce((state, frame) => step[frame.type](state, frame), transcript.emptyTranscript());
}

for (const name of readdirSync(golden).filter((file) => file.startsWith("transcript-"))) {
  const story = JSON.parse(readFileSync(new URL(name, golden), "utf8"));
  test(`${name}: ${story.about}`, () => {
    const state = replay(story);
    const { ticket, translations = [], ...expected } = story.expect;
    assert.deepEqual(state.translations.map(({ of, lang, text }) => [of, lang, text]), translations);
    assert.deepEqual(
      {
        epoch: state.epoch,
        seqs: state.lines.map(({ seq }) => seq),
        tail: state.tail,
        older: state.older,
        behind: state.behind,
        read: { customer: state.read.customer?.event ?? null, technician: state.read.technician?.event ?? null },
        unread: transcript.unread(state, story.audience),
        typing: state.typing.map(({ name }) => name),
      },
      expected,
    );
    if (ticket) {
      const known = Object.keys(ticket).map((name) => [name, state.ticket[name]]);
      assert.deepEqual(Object.fromEntries(known), ticket);
    }
  });
}

test("the first watch asks for the last lines, every later one for what came after ours", () => {
  assert.deepEqual(transcript.position(transcript.emptyTranscript()), {});
  const known = { ...transcript.emptyTranscript(), epoch: "e1", tail: 7 };
  assert.deepEqual(transcript.position(known), { after: 7, epoch: "e1" });
});

test("typing ends by itself", () => {
  const author = { role: "technician", name: "Lena", id: null };
  const typing = transcript.takeTyping(transcript.emptyTranscript(), { ticket: "t", author }, 1_000);
  assert.equal(transcript.stillTyping(typing, 1_000 + transcript.TYPING_MS - 1), typing);
  assert.deepEqual(transcript.stillTyping(typing, 1_000 + transcript.TYPING_MS).typing, []);
});

test("an event before the first page is left to that page", () => {
  const empty = transcript.emptyTranscript();
  assert.equal(transcript.takeEvent(empty, { seq: 1, event: { id: "a" } }, (ticket) => ticket), empty);
});

test("files count as unread as messages do; notes and steps do not", () => {
  const lena = { role: "technician", name: "Lena", id: "l" };
  const kinds = ["message", "file", "note", "joined"];
  const lines = kinds.map((kind, seq) => ({ seq: seq + 1, event: { kind, id: kind, at: 1, author: lena } }));
  assert.equal(transcript.unread({ ...transcript.emptyTranscript(), lines }, "customer"), 2);
});
