/** What stands in the place of the plain form, where a portal has more than that; loaded then, with its texts. */

import { html } from "lit";
import type { Journey } from "../journey.ts";
import "./doors.ts";
import { texts } from "./texts.ts";

await texts.ready();

export function front(journey: Journey) {
  return html`<main>
    <dw-doors .journey=${journey} .portal=${journey.portal} .admitted=${journey.admitted}></dw-doors>
  </main>`;
}
