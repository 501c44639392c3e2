/** Several technicians at one ticket: what somebody is to a ticket besides the one who has it. */
import type { Id, Summary } from "../../shared/protocol.d.ts";

/** Why a ticket is under mine, the most urgent first. `helping`: I was invited, and am in the chat. */
export type Part = "offered" | "invited" | "given" | "waits" | "helping" | "owner";

type Seen = Pick<Summary, "status" | "assignee" | "waits_for" | "offer" | "helpers" | "routed_at">;

/** What the ticket wants of me, or null where it is not under my tickets. */
export function partIn(ticket: Seen, me: Id): Part | null {
  if (ticket.status === "done") return null;
  if (ticket.offer?.to.includes(me)) return "offered";
  const helper = ticket.helpers.find(({ id }) => id === me);
  if (helper) return helper.joined ? "helping" : "invited";
  if (ticket.assignee?.id === me) return ticket.routed_at === null ? "owner" : "given";
  return ticket.waits_for === me ? "waits" : null;
}

/** Whether it waits for a word of mine. */
export function isForMe(part: Part | null): boolean {
  return part !== null && part !== "helping" && part !== "owner";
}

/** Whether it begins to wait for a word of mine with this change. */
export function becomesMine(before: Seen | null, after: Seen, me: Id): boolean {
  const part = partIn(after, me);
  return isForMe(part) && (before === null || partIn(before, me) !== part);
}
