// A server for the tests of the desk: remembers what it is asked and answers what the test says, when the test says it.
import { Refusal, Unreachable } from "../../shared/refusal.ts";

export class FakeConnection {
  state = "open";
  asked = [];
  posted = [];
  #answers = new Map();

  /** From now on this kind of command is answered so: a frame, an error, or a function of the command. */
  answer(type, answer) {
    this.#answers.set(type, answer);
  }

  call = async (command) => {
    this.asked.push(command);
    if (this.state !== "open") throw new Unreachable();
    const answer = this.#answers.get(command.type);
    const given = typeof answer === "function" ? await answer(command) : answer;
    if (given instanceof Error) throw given;
    if (given === undefined) throw new Error(`nothing to answer to ${command.type}`);
    return given;
  };

  post = (command) => {
    this.posted.push(command);
  };

  of(type) {
    return this.asked.filter((command) => command.type === type);
  }
}

export const refusal = (code, more = {}) => new Refusal({ code, message: code, ...more });

/** Lets everything that waits for an answer go on. */
export async function settled() {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

/** An answer that the test gives later. */
export function later() {
  let give;
  const answer = new Promise((resolve) => (give = resolve));
  return { answer: () => answer, give };
}

export function ticket(number, more = {}) {
  return {
    id: `t${number}`,
    key: `ACME-${number}`,
    company: { id: "acme", name: "Acme" },
    portal: "demo",
    customer: "Ada",
    verified: false,
    subject: "Printer",
    subjects: {},
    status: "open",
    chat: "not_joined",
    view: "new",
    assignee: null,
    queue: "q1",
    waits_for: null,
    offer: null,
    helpers: [],
    routed_at: null,
    absent_since: null,
    joined: false,
    created_at: number,
    device_class: "linux",
    undo: null,
    ...more,
  };
}

export function hint(of, more = {}) {
  return { ticket: of.id, last_activity_at: of.created_at, waiting_since: of.created_at, unread: 0, ...more };
}

export function listOf(count) {
  return (command) => {
    const all = Array.from({ length: count }, (_, i) => ticket(count - i));
    const rows = all.slice(command.offset, command.offset + command.limit).map((one) => ({ ticket: one, hint: hint(one) }));
    return { type: "list", ref: 1, view: command.view, offset: command.offset, rows, total: count, positions: { acme: 1 } };
  };
}

export function message(seq, more = {}) {
  const author = { role: "customer", name: "Ada", id: null };
  return { seq, event: { kind: "message", id: `e${seq}`, at: seq, author, text: `text ${seq}`, client_id: null, ...more } };
}

export function page(of, events, more = {}) {
  const details = { summary: of, hint: hint(of), source: {}, email: null, company_name: null, company_code: null, language: null };
  return {
    type: "page",
    ref: 1,
    ticket: details,
    epoch: "one",
    recovered: true,
    events,
    more: false,
    older: false,
    tail: events.at(-1)?.seq ?? 0,
    read: { customer: null, technician: null },
    ...more,
  };
}
