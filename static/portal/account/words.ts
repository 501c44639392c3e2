/** What went wrong with an account, in words. */

import { errorText } from "../../shared/error-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { t, type Key } from "./texts.ts";

const WORDS: Readonly<Record<string, Key>> = {
  unauthenticated: "account.wrong",
  email_taken: "account.taken",
  wrong_password: "account.wrong_password",
  cannot_share: "account.share_nobody",
  sharing_off: "account.share_off",
  too_many_shares: "account.share_many",
  sign_in_required: "account.required",
};

export function inWords(error: unknown): string {
  if (!(error instanceof Refusal)) return errorText(error);
  const key = WORDS[error.code];
  if (key) return t(key);
  if (error.code === "bad_input") return t(error.field === "new" || error.field === null ? "account.weak" : "account.check");
  return errorText(error);
}
