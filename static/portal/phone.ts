/** Going on with a chat on another device: the code that is shown here, or the key that is typed here. Loaded when wanted. */

import { html, nothing } from "lit";
import { post, remove } from "../shared/api.ts";
import "../shared/phone/key-field.ts";
import "../shared/phone/phone.ts";
import type { Door } from "../shared/phone/handover.ts";
import type { Handover } from "../shared/protocol.d.ts";
import { comeByKey } from "./arrival.ts";
import type { Journey, Question } from "./journey.ts";

export { texts } from "../shared/phone/texts.ts";

export function dialog(journey: Journey, question: Question) {
  const close = () => journey.ask(null);
  if (question === "key") {
    const join = async (key: string): Promise<void> => {
      await comeByKey(journey, key);
      close();
    };
    return html`<dw-phone-key .join=${join} @close=${close}></dw-phone-key>`;
  }
  const { chat } = journey;
  if (!chat) return nothing;
  return html`<dw-phone side="customer" .door=${doorOf(journey, chat.id)} .lines=${chat.transcript.lines} @close=${close}></dw-phone>`;
}

function doorOf({ visit }: Journey, ticket: string): Door {
  const path = `/api/v1/customer/tickets/${ticket}/handover`;
  return {
    make: () => post<Handover>(path, undefined, { token: visit.token }),
    revoke: () => remove(path, { token: visit.token }),
  };
}
