/** The server does not know this customer, or this ticket, any more. */

import { errorText } from "../shared/error-text.ts";
import { t } from "../shared/i18n.ts";
import type { Journey } from "./journey.ts";

export async function gone(journey: Journey): Promise<void> {
  journey.enterForm();
  journey.say(t("visit.gone"));
  try {
    await journey.visit.refresh();
    journey.host.requestUpdate(); // who is not known any more may have to sign in
  } catch (error) {
    journey.say(errorText(error));
  }
}
