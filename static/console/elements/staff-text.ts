/** The words of a transcript's system lines where they say more to technicians than to customers. */
import { t } from "../../shared/i18n.ts";
import { languageName } from "../../shared/language-name.ts";
import { shownName } from "../../shared/people.ts";
import { systemText, type Words } from "../../shared/system-text.ts";

export const staffText: Words = (event, side) => {
  const name = shownName(event.author.name);
  if (event.kind === "taken_over") return t("transcript.taken_over", { name, previous: event.previous });
  if (event.kind === "returned" && "previous" in event) return t("transcript.returned", { previous: event.previous });
  if (event.kind === "closed" && event.author.role !== "system" && event.outcome) {
    return t("transcript.closed_outcome", { name, outcome: t(`outcome.${event.outcome}`) });
  }
  if (event.kind === "language" && event.author.role === "technician") {
    return t("transcript.language_set", { name, language: languageName(event.lang) });
  }
  return systemText(event, side);
};
