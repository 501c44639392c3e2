/** What stands above everything while the portal is closed or has something important to say; loaded then. */

import { html } from "lit";
import type { Journey } from "../journey.ts";
import "./news.ts";
import { standingOf } from "./standing.ts";
import { texts } from "./texts.ts";

await texts.ready();

export function news(journey: Journey) {
  const { chat, portal } = journey;
  const standing = standingOf(chat?.ticket ?? null, chat?.ahead ?? null, chat?.transcript.lines ?? []);
  return html`<dw-news .journey=${journey} .portal=${portal} .standing=${standing}></dw-news>`;
}
