/** Which steps a technician may take now: server/domain/ticket.py for the browser, over the same generated tables. */

import type { Id, Step, Summary } from "./protocol.d.ts";
import { CHAT_AFTER, OWNER_STEPS, STATUS_AFTER, type Rule } from "./rules.ts";

type State = Pick<Summary, "status" | "chat" | "joined" | "absent_since"> & {
  readonly assignee: { readonly id: Id } | null;
  readonly helpers?: readonly { readonly id: Id; readonly joined: boolean }[];
};

/** Steps of technicians; the others are the customer's. */
export const STAFF_STEPS: readonly Step[] = ["assign", "join", "unassign", "end_chat", "close", "reopen"];

/** The rule that refuses the step, or null when it is legal. */
export function refusedBy(state: State, step: Step, me: Id): Rule | null {
  const status = STATUS_AFTER[step][state.status];
  if (typeof status === "object") return status.rule;
  if (step === "assign" && state.assignee && !takesOver(state, me)) {
    return state.assignee.id === me ? "already_yours" : "already_assigned";
  }
  if (OWNER_STEPS.includes(step) && state.assignee?.id !== me) return "not_assigned_to_you";
  if (step === "join" && state.joined) return "already_joined";
  const chat = CHAT_AFTER[step][state.chat];
  return typeof chat === "object" ? chat.rule : null;
}

/** Whether `assign` takes the ticket over: somebody else has it, and is gone. */
export function takesOver(state: State, me: Id): boolean {
  return state.assignee !== null && state.assignee.id !== me && state.absent_since !== null;
}

export function legalSteps(state: State, me: Id): Step[] {
  return STAFF_STEPS.filter((step) => refusedBy(state, step, me) === null);
}

/** The rule that keeps me from writing to the customer, or null. */
export function writingRefusedBy(state: State, me: Id): Rule | null {
  if (state.status === "done") return "ticket_done";
  const helps = !!state.helpers?.some(({ id, joined }) => id === me && joined);
  if (state.assignee?.id !== me && !helps) return "not_assigned_to_you";
  if (state.chat === "ended") return "chat_ended";
  return state.joined || helps ? null : "not_joined";
}
