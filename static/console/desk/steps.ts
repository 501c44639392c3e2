/** Taking steps: assign, join, end … and the 5 s in which End chat and Close can be taken back. */
import { errorText } from "../../shared/error-text.ts";
import type { Outcome, Step, Summary, UndoCommand } from "../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { UNDOABLE, UNDO_MS } from "../../shared/rules.ts";
import { t } from "../../shared/i18n.ts";
import type { Ask, Connection } from "./connection.ts";
import { Store } from "./store.ts";
import type { Toasts } from "./toasts.ts";

export type StaffStep = Extract<Step, "assign" | "join" | "unassign" | "end_chat" | "close" | "reopen">;

type StepCommand = Extract<Ask, { type: StaffStep }> | Omit<UndoCommand, "ref">;

interface Undoable {
  readonly ticket: string;
  readonly toast: number;
}

export class Steps extends Store {
  readonly #connection: Connection;
  readonly #toasts: Toasts;
  /** Tickets with a step on its way: a second click is not a second step. */
  readonly #busy = new Map<string, Promise<boolean>>();
  #undoable: Undoable | null = null;

  constructor(connection: Connection, toasts: Toasts) {
    super();
    this.#connection = connection;
    this.#toasts = toasts;
  }

  busy(ticket: string): boolean {
    return this.#busy.has(ticket);
  }

  /** When the step on its way is done, and with it the ticket's new state is here. */
  async settled(ticket: string): Promise<void> {
    await this.#busy.get(ticket);
  }

  /** Whether it was taken. A refusal has been explained by then. */
  async take(step: StaffStep, ticket: Summary, outcome: Outcome | null = null): Promise<boolean> {
    const command: StepCommand = step === "close" ? { type: "close", ticket: ticket.id, outcome } : { type: step, ticket: ticket.id };
    const taken = await this.#call(command, ticket);
    if (taken && UNDOABLE.includes(step)) this.#offerUndo(step, ticket);
    return taken;
  }

  /** Takes back my last End chat or Close, while there is time. */
  async undo(): Promise<void> {
    const last = this.#undoable;
    if (!last) return;
    this.#undoable = null;
    this.#toasts.dismiss(last.toast);
    await this.#call({ type: "undo", ticket: last.ticket }, null);
  }

  #offerUndo(step: Step, ticket: Summary): void {
    const text = t(step === "close" ? "step.closed" : "step.ended", { key: ticket.key });
    const action = { label: t("step.undo"), run: () => void this.undo() };
    const toast = this.#toasts.say(text, { action, ms: UNDO_MS });
    this.#undoable = { ticket: ticket.id, toast };
    setTimeout(() => {
      if (this.#undoable?.toast === toast) this.#undoable = null;
    }, UNDO_MS);
  }

  async #call(command: StepCommand, ticket: Summary | null): Promise<boolean> {
    if (this.#busy.has(command.ticket)) return false;
    const answer = this.#ask(command, ticket);
    this.#busy.set(command.ticket, answer);
    this.changed();
    try {
      return await answer;
    } finally {
      this.#busy.delete(command.ticket);
      this.changed();
    }
  }

  async #ask(command: StepCommand, ticket: Summary | null): Promise<boolean> {
    try {
      await this.#connection.call(command);
      return true;
    } catch (error) {
      this.#explain(error, ticket);
      return false;
    }
  }

  #explain(error: unknown, ticket: Summary | null): void {
    if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    const race = error instanceof Refusal && error.code === "already_assigned" && error.who && ticket;
    const text = race ? t("race", { who: error.who ?? "", key: ticket.key }) : errorText(error);
    this.#toasts.say(text, { tone: "warning" });
  }
}
