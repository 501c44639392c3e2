/** What a refusal says to a technician, in the reader's language. */
import { errorText } from "../../shared/error-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { t, type Key } from "../../shared/i18n.ts";

const SAID = {
  already_invited: "refusal.already_invited",
  already_offered: "refusal.already_offered",
  cannot_take: "refusal.cannot_take",
  cannot_share: "refusal.cannot_share",
  too_many_shares: "refusal.too_many_shares",
  not_invited: "refusal.not_invited",
  not_offered: "refusal.not_offered",
  not_your_team: "refusal.not_your_team",
  too_many_helpers: "refusal.too_many_helpers",
  already_assigned: "refusal.already_assigned",
  already_joined: "refusal.already_joined",
  already_yours: "refusal.already_yours",
  chat_ended: "refusal.chat_ended",
  chat_running: "refusal.chat_running",
  not_assigned_to_you: "refusal.not_assigned_to_you",
  not_available: "away.heading",
  not_done: "refusal.not_done",
  not_joined: "refusal.not_joined",
  nothing_to_undo: "refusal.nothing_to_undo",
  ticket_done: "refusal.ticket_done",
} as const satisfies Readonly<Record<string, Key>>;

function isRule(code: string): code is keyof typeof SAID {
  return Object.hasOwn(SAID, code);
}

/** The rule of server/domain/ticket.py that says no, as a sentence. */
export function ruleText(code: string): string | null {
  return isRule(code) ? t(SAID[code]) : null;
}

export function refusalText(error: unknown): string {
  return (error instanceof Refusal && ruleText(error.code)) || errorText(error);
}
