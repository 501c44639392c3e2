/** The key with which somebody was let in. It is kept like the draft: over a reload, until it is used, over or put away. */

import { serverNow } from "../../shared/server-time.ts";
import { forget, recallJson, rememberJson } from "../../shared/storage.ts";
import type { Journey } from "../journey.ts";
import type { Admission } from "./choice.ts";

export function admit(journey: Journey, admission: Admission | null): void {
  if (admission) rememberJson(memory(journey), admission);
  else forget(memory(journey));
  journey.admitted = admission;
  journey.host.requestUpdate();
}

/** The one that an earlier page has left. The server is not asked: it says so when the key is used, and each question counts as a guess. */
export function kept(journey: Journey): Admission | null {
  const admission = recallJson<Admission>(memory(journey));
  if (admission && admission.until > serverNow()) return admission;
  forget(memory(journey));
  return null;
}

function memory({ visit }: Journey): string {
  return `${visit.memory}key`;
}
