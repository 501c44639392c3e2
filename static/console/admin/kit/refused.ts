/** What a refusal says to an administrator. */
import { Refusal } from "../../../shared/refusal.ts";
import { refusalText } from "../../desk/words.ts";
import { t } from "../texts.ts";

export function refusedText(error: unknown): string {
  switch (error instanceof Refusal ? error.code : "") {
    case "name_taken":
      return t("refused.name_taken");
    case "in_use":
      return t("refused.in_use");
    case "changed_meanwhile":
      return t("refused.changed_meanwhile");
    case "last_administrator":
      return t("refused.last_administrator");
    case "too_many_notices":
      return t("refused.too_many_notices");
    case "no_sign_in":
      return t("refused.no_sign_in");
    case "bad_input":
      return badInput(error as Refusal);
    default:
      return refusalText(error);
  }
}

/** The server says what is wrong with a value, but of a wrong form only what it expected, in words for programs. */
function badInput(error: Refusal): string {
  if (refusedField(error) === "setup.red_minutes") return t("refused.red");
  if (refusedField(error) === "time_zone") return t("schedule.no_zone");
  return /^(Expected|Object|Invalid) /.test(error.message) ? t("refused.form") : refusalText(error);
}

/** The path of the field that the server names: `$.setup.origins[0]` is `setup.origins`. */
export function refusedField(error: unknown): string | null {
  const field = error instanceof Refusal ? error.field : null;
  return field === null ? null : field.replace(/^\$\.?/, "").replace(/\[.*$/, "");
}
