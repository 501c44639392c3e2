/** What stands in the place of the plain form, where a portal has more than that; loaded then, with its texts. */

import { html } from "lit";
import { late } from "../../shared/late.ts";
import type { Portal } from "../../shared/protocol.d.ts";
import type { Journey } from "../journey.ts";
import "./doors.ts";
import { texts } from "./texts.ts";

await texts.ready();

/** What a page needs for this portal beyond the plain form. */
export async function furnish(journey: Journey, portal: Portal): Promise<void> {
  journey.front = front;
  journey.account = portal.sign_in === "off" ? null : await late(() => import("../account/index.ts"));
  if (!portal.open || portal.notices.length > 0) journey.news = (await late(() => import("../notices/index.ts"))).news;
}

export function front(journey: Journey) {
  if (journey.account?.asked(journey)) return journey.account.page(journey);
  return html`<main>
    <dw-doors .journey=${journey} .portal=${journey.portal} .admitted=${journey.admitted}></dw-doors>
  </main>`;
}
