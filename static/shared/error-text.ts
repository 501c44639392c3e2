/** What went wrong, in the reader's language: what happened and what to do. */

import { t } from "./i18n.ts";
import { Refusal, Unreachable } from "./refusal.ts";

/** The server's own English sentence is used only for codes that the page has no words for. */
export function errorText(error: unknown): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (!(error instanceof Refusal)) return t("error.unknown");
  switch (error.code) {
    case "busy":
    case "storage_full":
    case "internal":
      return t("error.busy");
    case "too_many":
      return t("error.too_many", { n: Math.max(1, Math.ceil((error.retry_after_ms ?? 1000) / 1000)) });
    case "not_found":
      return t("error.not_found");
    case "chat_ended":
      return t("message.failed_chat_ended");
    case "ticket_done":
      return t("message.failed_ticket_done");
    default:
      return error.message;
  }
}
