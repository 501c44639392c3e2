import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Unreachable } from "../refusal.ts";
import { Uploads } from "./uploads.ts";
import { FileRefusal } from "./wire.ts";

const MIB = 1_048_576;
const no = (code, more = {}) => new FileRefusal({ code, message: code, ...more });

/** A server that stores what it gets, and is cut off or says no when the test wants it. */
class FakeServer {
  uploads = new Map();
  asked = [];
  /** Errors for the next calls of this kind. */
  trouble = { policy: [], begin: [], look: [], send: [], cancel: [] };
  /** What a whole file comes to. */
  verdict = { state: "done" };
  /** Bytes that still arrive of the piece that is cut. */
  arrives = 0;

  #call(kind, detail) {
    this.asked.push(detail === undefined ? kind : `${kind} ${detail}`);
    const error = this.trouble[kind].shift();
    if (error && kind !== "send") throw error;
    return error;
  }

  policy = async () => {
    this.#call("policy");
    return { types: [".txt"], image_max_bytes: MIB, max_pixels: MIB };
  };

  begin = async (upload) => {
    this.#call("begin", upload.name);
    const known = [...this.uploads.values()].find(({ client_id }) => client_id === upload.client_id);
    const id = known?.id ?? `u${this.uploads.size + 1}`;
    if (!known) this.uploads.set(id, { ...upload, id, offset: 0, state: "receiving", bytes: Buffer.alloc(0) });
    return this.#told(id);
  };

  look = async (id) => {
    this.#call("look", id);
    if (!this.uploads.has(id)) throw no("not_found");
    return this.#told(id);
  };

  send = async (id, offset, piece, moved, ended) => {
    const error = this.#call("send", `${id} ${offset}+${piece.size}`);
    const upload = this.uploads.get(id);
    if (offset !== upload.offset) throw no("offset");
    const bytes = new Uint8Array(await piece.arrayBuffer());
    const some = error ? bytes.subarray(0, this.arrives) : bytes;
    upload.bytes = Buffer.concat([upload.bytes, some]);
    upload.offset += some.length;
    moved(some.length);
    if (this.hangs) await this.hangs(ended);
    if (error) throw error;
    if (upload.offset === upload.size) Object.assign(upload, this.verdict);
    return this.#told(id);
  };

  cancel = async (id) => {
    this.#call("cancel", id);
    this.uploads.get(id).state = "cancelled";
  };

  #told(id) {
    const { bytes: _bytes, client_id: _client_id, ...told } = this.uploads.get(id);
    return { code: null, message: null, reason: null, ...told };
  }
}

/** What outlives a page. */
class FakeMemory {
  kept = new Map();
  blobs = new Map();
  get notes() {
    return [...this.kept.values()];
  }
  note = (note) => void this.kept.set(note.client_id, note);
  keep = async (id, blob) => void this.blobs.set(id, blob);
  blob = async (id) => this.blobs.get(id) ?? null;
  drop = async (id) => void (this.kept.delete(id), this.blobs.delete(id));
}

function page(server = new FakeServer(), memory = new FakeMemory(), held = new Set()) {
  const hold = (name, { ifFree = false } = {}) => {
    const free = !ifFree || !held.has(name);
    held.add(name);
    return { held: Promise.resolve(free), release: () => held.delete(name) };
  };
  const prepare = async (file) => ({ name: file.name, blob: file, picture: file.name.endsWith(".png"), smaller: file.name === "large.png" });
  const uploads = new Uploads({ wire: server, memory, hold, prepare });
  return { server, memory, held, uploads };
}

const file = (name, size = 10) => new File([Uint8Array.from({ length: size }, (_, i) => (i * 7) % 251)], name);
const states = ({ items }) => items.list.map(({ state }) => state);

/** Until everything that goes on by itself has gone on. */
async function settled() {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function reaches(uploads, ...wanted) {
  for (let turn = 0; turn < 400 && states(uploads).join() !== wanted.join(); turn += 1) await settled();
  assert.deepEqual(states(uploads), wanted);
}

test("files go one after the other, in pieces; what has arrived is no longer shown or kept", async () => {
  const { server, memory, held, uploads } = page();
  uploads.add(file("a.txt", 2 * MIB + 5));
  uploads.add(file("b.txt", 3));
  await reaches(uploads);
  assert.deepEqual(server.asked, ["policy", "begin a.txt", `send u1 0+${MIB}`, `send u1 ${MIB}+${MIB}`, `send u1 ${2 * MIB}+5`, "begin b.txt", "send u2 0+3"]);
  assert.equal(server.uploads.get("u1").bytes.equals(Buffer.from(await file("a.txt", 2 * MIB + 5).arrayBuffer())), true);
  assert.deepEqual([memory.kept.size, memory.blobs.size, held.size], [0, 0, 0]);
});

test("after a cut it goes on where the server stopped hearing us: each byte goes out once", async (t) => {
  const { server, uploads } = page();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  server.trouble.send = [new Unreachable()];
  server.arrives = 400_000;
  uploads.add(file("a.txt", MIB));
  await reaches(uploads, "waiting");
  t.mock.timers.tick(999);
  await settled();
  assert.deepEqual(states(uploads), ["waiting"]);
  t.mock.timers.tick(1);
  await reaches(uploads);
  assert.deepEqual(server.asked.slice(2), [`send u1 0+${MIB}`, "look u1", `send u1 400000+${MIB - 400_000}`]);
  assert.equal(server.uploads.get("u1").bytes.length, MIB);
});

test("the waits grow, to half a minute at most; the network's return is taken at once", async (t) => {
  const { server, uploads } = page();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  server.trouble.begin = Array.from({ length: 8 }, () => new Unreachable());
  uploads.add(file("a.txt"));
  for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]) {
    await reaches(uploads, "waiting");
    const before = server.asked.length;
    t.mock.timers.tick(ms - 1);
    await settled();
    assert.equal(server.asked.length, before);
    t.mock.timers.tick(1);
    await settled();
  }
  uploads.wake();
  await settled();
  uploads.wake();
  await reaches(uploads);
});

test("offline from the start: what may be sent is asked for again", async () => {
  const { server, uploads } = page();
  server.trouble.policy = [new Unreachable()];
  uploads.add(file("a.txt"));
  await settled();
  assert.equal(uploads.items.list[0].problem instanceof Unreachable, true);
  uploads.wake();
  await reaches(uploads);
});

test("a picture that the person wants to look at waits until it is sent", async () => {
  const { server, uploads } = page();
  uploads.add(file("a.png"), { look: true });
  uploads.add(file("b.txt"), { look: true });
  await reaches(uploads, "ready");
  assert.deepEqual(server.asked.filter((one) => one.startsWith("begin")), ["begin b.txt"]);
  uploads.send(uploads.items.list[0].client_id);
  await reaches(uploads);
});

test("an edited picture takes the place of the other, of which nothing is kept or sent", async () => {
  const { server, memory, uploads } = page();
  uploads.add(file("a.png", 50), { look: true });
  await reaches(uploads, "ready");
  const [{ client_id }] = uploads.items.list;
  uploads.replace(client_id, file("a.png", 20));
  await reaches(uploads, "ready");
  assert.equal(memory.blobs.get(client_id).size, 20);
  assert.equal(uploads.items.parts(client_id).file.size, 20);
  uploads.send(client_id);
  await reaches(uploads);
  assert.equal(server.uploads.get("u1").size, 20);
});

test("a refusal of the name or the content is for good, and says why", async () => {
  const { server, memory, uploads } = page();
  server.trouble.begin = [no("file_type_not_allowed", { types: [".txt"] }), no("too_large")];
  uploads.add(file("a.exe"));
  uploads.add(file("b.txt"));
  server.verdict = { state: "refused", code: "file_content", reason: "mismatch", message: "" };
  uploads.add(file("c.txt"));
  await reaches(uploads, "refused", "refused", "refused");
  assert.deepEqual(uploads.items.list.map(({ problem }) => [problem.code, problem.types, problem.reason]), [
    ["file_type_not_allowed", [".txt"], null],
    ["too_large", [], null],
    ["file_content", [], "mismatch"],
  ]);
  assert.deepEqual([memory.kept.size, memory.blobs.size], [0, 0]);
  uploads.cancel(uploads.items.list[0].client_id);
  assert.equal(server.asked.some((one) => one.startsWith("cancel")), false);
});

test("what the rules of the ticket forbid now may be tried again later", async () => {
  const { server, uploads } = page();
  server.trouble.begin = [no("chat_ended")];
  uploads.add(file("a.txt"));
  await reaches(uploads, "failed");
  uploads.retry(uploads.items.list[0].client_id);
  await reaches(uploads);
});

test("a full disk or a busy server is waited out; a long wait is left to the person", async () => {
  const { server, uploads } = page();
  server.trouble.begin = [no("storage_full"), no("too_many", { retry_after_ms: 3_600_000 })];
  uploads.add(file("a.txt"));
  await reaches(uploads, "waiting");
  assert.equal(uploads.items.list[0].problem.code, "storage_full");
  uploads.wake();
  await reaches(uploads, "failed");
});

test("taken back: before the server knows of it, in the middle, and while it waits", async () => {
  const { server, memory, uploads } = page();
  uploads.add(file("a.txt"));
  uploads.cancel(uploads.items.list[0].client_id);
  await settled();
  assert.deepEqual(server.asked, ["policy"]);

  server.hangs = (ended) => new Promise((_, reject) => ended.addEventListener("abort", () => reject(new Unreachable())));
  uploads.add(file("b.txt", MIB));
  await reaches(uploads, "sending");
  await settled();
  uploads.cancel(uploads.items.list[0].client_id);
  await settled();
  assert.deepEqual(server.asked.slice(1), ["begin b.txt", `send u1 0+${MIB}`, "cancel u1"]);
  assert.deepEqual([states(uploads), memory.kept.size, memory.blobs.size], [[], 0, 0]);
});

test("held for the virus scanner: asked about until there is a verdict, and others pass it", async (t) => {
  const { server, uploads } = page();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  server.verdict = { state: "held" };
  uploads.add(file("a.txt"));
  await reaches(uploads, "held");
  server.verdict = { state: "done" };
  uploads.add(file("b.txt"));
  await reaches(uploads, "held");
  server.uploads.get("u1").state = "done";
  t.mock.timers.tick(60_000);
  await reaches(uploads);
});

test("another page goes on at the offset, with what it finds; the bytes of two tabs do not mix", async () => {
  const { server, memory, held, uploads } = page();
  server.hangs = () => new Promise(() => undefined); // this page dies in the middle
  server.trouble.send = [new Unreachable()];
  server.arrives = 600_000;
  uploads.add(file("a.txt", MIB));
  await reaches(uploads, "sending");
  await settled();

  const living = page(server, memory, held).uploads;
  await living.adopt();
  assert.deepEqual(states(living), []);

  held.clear();
  server.hangs = null;
  const next = page(server, memory, held).uploads;
  await next.adopt();
  await reaches(next);
  assert.equal(server.uploads.size, 1);
  assert.equal(server.uploads.get("u1").bytes.equals(Buffer.from(await file("a.txt", MIB).arrayBuffer())), true);
});

test("without its bytes the page says that the file has to be chosen again", async () => {
  const { server, memory, uploads } = page();
  const note = { name: "a.txt", size: 10, at: 1, picture: false, original_of: null, ready: false };
  memory.note({ ...note, client_id: "one", upload: null });
  memory.note({ ...note, client_id: "two", upload: "u1" });
  memory.note({ ...note, client_id: "three", upload: "u2" });
  for (const [id, state] of [["u1", "receiving"], ["u2", "done"]]) server.uploads.set(id, { id, offset: 5, size: 10, state });
  await uploads.adopt();
  await reaches(uploads, "lost", "lost");
  uploads.cancel("two");
  await settled();
  assert.equal(server.uploads.get("u1").state, "cancelled");
});

test("an upload that the server has swept is begun anew", async () => {
  const { server, memory, uploads } = page();
  memory.note({ client_id: "one", name: "a.txt", size: 10, at: 1, picture: false, original_of: null, ready: false, upload: "gone" });
  memory.blobs.set("one", new Blob([await file("a.txt").arrayBuffer()]));
  await uploads.adopt();
  await reaches(uploads);
  assert.deepEqual(server.asked, ["look gone", "begin a.txt", "send u1 0+10"]);
});

test("of a picture that was made smaller the original can be sent afterwards", async () => {
  const { uploads } = page();
  const told = mock.fn();
  uploads.onsmaller = told;
  uploads.add(file("large.png"));
  uploads.add(file("small.png"));
  await reaches(uploads);
  assert.deepEqual(told.mock.calls.map(({ arguments: [, one] }) => one.name), ["large.png"]);
});

test("what the browser cannot read is refused before anything is sent", async () => {
  const { server, uploads } = page();
  const folder = file("folder");
  folder.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) });
  uploads.add(folder);
  await reaches(uploads, "refused");
  assert.equal(uploads.items.list[0].problem.code, "file_unreadable");
  assert.deepEqual(server.asked, ["policy"]);
});
