/** Leaving nothing of the customer in this browser. */

import { post } from "../shared/api.ts";
import { errorText } from "../shared/error-text.ts";
import { t } from "../shared/i18n.ts";
import type { CustomerSession } from "../shared/protocol.d.ts";
import { forget, keysWith } from "../shared/storage.ts";
import type { Journey } from "./journey.ts";

const NOBODY: CustomerSession = {
  known: false,
  name: null,
  verified: false,
  tickets: [],
  languages: {},
  token: null,
  account: null,
  email: null,
};

export async function forgetDevice(journey: Journey): Promise<void> {
  const { visit, chat } = journey;
  const { memory } = visit;
  try {
    if (keysWith(`${memory}file:`).length > 0) await (await import("../shared/files/index.ts")).forgetFiles(memory);
    await post(`${visit.api}/forget`, undefined, { token: visit.token });
  } catch (error) {
    journey.say(errorText(error));
    return;
  }
  for (const key of [...keysWith(memory), ...keysWith(`outbox:${memory}`)]) forget(key);
  visit.session = NOBODY;
  visit.lasting = true;
  journey.admitted = null;
  chat?.forget();
  journey.enterForm();
  journey.say(t("visit.forgotten"));
}
