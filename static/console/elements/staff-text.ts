/** The words of a transcript's system lines where they say more to technicians than to customers. */
import { t } from "../../shared/i18n.ts";
import { languageName } from "../../shared/language-name.ts";
import { shownName } from "../../shared/people.ts";
import { systemText, type Words } from "../../shared/system-text.ts";

export const staffText: Words = (event, side) => {
  const name = shownName(event.author.name);
  if (event.kind === "taken_over") return t("transcript.taken_over", { name, previous: event.previous });
  switch (event.kind) {
    case "transferred":
      return t("transcript.transferred", { name, previous: event.previous });
    case "given":
      return event.author.role === "system" ? t("transcript.routed", { to: event.to }) : t("transcript.given", { name, to: event.to });
    case "taken_away":
      return t("transcript.taken_away", { name, previous: event.previous });
    case "offered":
      return withComment(t("transcript.offered", { name, to: event.to }), event.comment);
    case "offer_declined":
    case "offer_withdrawn":
      return t(`transcript.${event.kind}`, { name, to: event.to });
    case "invited":
      return withComment(t("transcript.invited", { name, who: event.who }), event.comment);
    case "uninvited":
      return t("transcript.uninvited", { name, who: event.who });
  }
  if (event.kind === "returned" && "previous" in event) return t("transcript.returned", { previous: event.previous });
  if (event.kind === "closed" && event.author.role !== "system" && event.outcome) {
    return t("transcript.closed_outcome", { name, outcome: t(`outcome.${event.outcome}`) });
  }
  if (event.kind === "language" && event.author.role === "technician") {
    return t("transcript.language_set", { name, language: languageName(event.lang) });
  }
  return systemText(event, side);
};

/** What was said to a colleague stands in quotation marks, on the same line: customers never read it. */
function withComment(text: string, comment: string | null): string {
  return comment ? `${text} “${comment}”` : text;
}
