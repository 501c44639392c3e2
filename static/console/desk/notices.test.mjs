// Desktop notifications: one for each ticket, in the words that are known now.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setSound } from "../../shared/sound.ts";
import { settled } from "./fake-server.mjs";
import { Notices } from "./notices.ts";

globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;
globalThis.document = { visibilityState: "hidden" };

setSound(false);

const shown = [];
globalThis.Notification = class {
  static permission = "granted";

  constructor(title, { body, tag }) {
    Object.assign(this, { title, body, tag });
    shown.push(this);
  }
};

const about = (ticket, event, text = "Hello") => ({ title: `Ada wrote in ${ticket}`, text, ticket, event });

let told = null;

beforeEach(async () => {
  shown.splice(0);
  told = new Notices(() => ({ notify: true, sound: false }));
  await settled();
});
afterEach(() => told.dispose());

test("a translation comes into the place of the original that is still told of", () => {
  told.tell(about("t1", "e1"));
  told.tell(about("t2", "e2"));
  told.put("e1", "Bonjour");
  assert.deepEqual(shown.map(({ tag, body }) => [tag, body]), [["t1", "Hello"], ["t2", "Hello"], ["t1", "Bonjour"]]);
  assert.equal(shown[2].title, shown[0].title);
});

test("what was put away, or is no longer the newest, does not come again", () => {
  told.tell(about("t1", "e1"));
  shown[0].onclose();
  told.put("e1", "Bonjour");
  told.tell(about("t2", "e2"));
  told.tell(about("t2", "e3"));
  shown[1].onclose();
  told.put("e2", "Bonjour");
  assert.equal(shown.length, 3);
  told.put("e3", "Merci");
  assert.equal(shown[3].body, "Merci");
});
