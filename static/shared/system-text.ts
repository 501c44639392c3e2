/** The words of a transcript's system lines, for both sides. What only technicians see stands in the console. */

import { t } from "./i18n.ts";
import { languageName } from "./language-name.ts";
import { shownName } from "./people.ts";
import type { Side, SystemEntry } from "./transcript.ts";

export type Words = (event: SystemEntry, side: Side) => string;

export function systemText(event: SystemEntry, side: Side): string {
  const { role } = event.author;
  const name = shownName(event.author.name);
  switch (event.kind) {
    case "returned":
      return t("transcript.returned_to_you");
    case "shared":
      return t(event.on ? "transcript.shared" : "transcript.unshared", { name, who: event.name });
    case "language":
      return t("transcript.language", { language: languageName(event.lang) });
    case "status":
      return t("transcript.status", { status: t(`status.${event.status}`) });
    case "closed":
      return role === "system" ? t("transcript.closed_system") : t("transcript.closed", { name });
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
