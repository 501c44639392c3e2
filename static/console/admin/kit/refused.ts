/** What a refusal says to an administrator. */
import { errorText } from "../../../shared/error-text.ts";
import { Refusal } from "../../../shared/refusal.ts";
import { t, texts } from "../texts.ts";

/** The server gives each of its reasons a name (server/domain/set_up.py); of a wrong form it says the field, to programs. */
export function refusedText(error: unknown): string {
  if (!(error instanceof Refusal)) return errorText(error);
  for (const name of [error.reason, error.code]) {
    const key = `refused.${name}`;
    if (texts.has(key)) return t(key, error.values);
  }
  if (error.code !== "bad_input") return errorText(error);
  return t(refusedField(error) === "email" ? "refused.email" : "refused.form");
}

/** The path of the field that the server names: `$.setup.origins[0]` is `setup.origins.0`. */
export function refusedField(error: unknown): string | null {
  const field = error instanceof Refusal ? error.field : null;
  return field === null ? null : field.replace(/^\$\.?/, "").replace(/\[(\d+)\]/g, ".$1").replace(/\[.*$/, "");
}
