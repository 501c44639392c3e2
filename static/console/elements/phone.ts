/** The key with which the customer's phone joins the chat: read out, copied or sent by the technician. Loaded when wanted. */
import { html } from "lit";
import { post, remove } from "../../shared/api.ts";
import { preferred, type Language } from "../../shared/i18n.ts";
import { LANGUAGES } from "../../shared/languages.ts";
import type { Door } from "../../shared/phone/handover.ts";
import "../../shared/phone/phone.ts";
import type { Told } from "../../shared/phone/phone.ts";
import { texts } from "../../shared/phone/texts.ts";
import type { Handover, Summary } from "../../shared/protocol.d.ts";
import { writingRefusedBy } from "../../shared/steps.ts";
import type { Chat } from "../desk/chats.ts";

/** Resolves when everything is there to be drawn. */
export async function ready(): Promise<void> {
  await texts.ready();
}

export function phoneDialog(summary: Summary, chat: Chat, me: string, close: () => void) {
  const send = writingRefusedBy(summary, me) === null ? (told: Told) => tell(chat, told) : null;
  return html`<dw-phone
    side="technician"
    .door=${doorOf(summary.id)}
    .lines=${chat.transcript.lines}
    .send=${send}
    @close=${close}
  ></dw-phone>`;
}

function doorOf(ticket: string): Door {
  const path = `/api/v1/tickets/${ticket}/handover`;
  return { make: () => post<Handover>(path), revoke: () => remove(path) };
}

/** In the customer's language, as far as we speak it. */
async function tell({ transcript, outbox }: Chat, { address, key }: Told): Promise<void> {
  const theirs = preferred(transcript.ticket?.language ?? null, [], Object.keys(LANGUAGES) as Language[]);
  outbox.add(await texts.in(theirs, "phone.message", { address, key }));
}
