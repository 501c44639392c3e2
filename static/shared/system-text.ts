/** The words of a transcript's system lines. */

import { t } from "./i18n.ts";
import { shownName } from "./people.ts";
import type { Side, SystemEntry } from "./transcript.ts";

export function systemText(event: SystemEntry, side: Side): string {
  const { role } = event.author;
  const name = shownName(event.author.name);
  switch (event.kind) {
    case "taken_over":
      return t("transcript.taken_over", { name, previous: event.previous });
    case "returned":
      return "previous" in event
        ? t("transcript.returned", { previous: event.previous })
        : t("transcript.returned_to_you");
    case "status":
      return t("transcript.status", { status: t(`status.${event.status}`) });
    case "closed":
      if (role === "system") return t("transcript.closed_system");
      return event.outcome && side === "technician"
        ? t("transcript.closed_outcome", { name, outcome: t(`outcome.${event.outcome}`) })
        : t("transcript.closed", { name });
    case "chat_ended":
      if (role === "system") return t("transcript.chat_ended_system");
      return role === side && side === "customer" ? t("transcript.chat_ended_you") : t("transcript.chat_ended", { name });
    case "chat_resumed":
      return role === side && side === "customer"
        ? t("transcript.chat_resumed_you")
        : t("transcript.chat_resumed", { name });
    default:
      return t(`transcript.${event.kind}`, { name });
  }
}
