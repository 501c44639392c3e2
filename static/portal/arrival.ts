/**
 * Coming with a secret: a resume link, or the key that another device shows. Loaded when somebody does.
 */

import { post } from "../shared/api.ts";
import { t } from "../shared/i18n.ts";
import type { CustomerSession, JoinedByKey } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { deviceHints } from "./device.ts";
import type { Journey } from "./journey.ts";

/** Enters the chat that the secret opens; false: there is none, and the notice says so. */
export async function arrive(journey: Journey, arrival: string): Promise<boolean> {
  const [way, secret = ""] = arrival.split("=");
  try {
    await (way === "phone" ? joinByKey(journey, secret) : resume(journey, secret));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "not_found") throw error;
    journey.say(t(way === "phone" ? "visit.bad_key" : "visit.bad_link"));
    return false;
  }
}

/**
 * Goes on with a chat that another device has. The key works once, so it cannot be tried with a cookie first and with a
 * token then, as `enter` does where cookies may not come back: it opens the chat's own link, and that may.
 */
export async function joinByKey(journey: Journey, key: string): Promise<void> {
  const body = { key, storage: "token", device: deviceHints() };
  const joined = await post<JoinedByKey>(`${journey.visit.api}/handover`, body);
  await resume(journey, joined.resume);
  journey.say(t("visit.joined"));
  await offerPhoto(journey);
}

async function resume(journey: Journey, secret: string): Promise<void> {
  const { visit } = journey;
  const id = secret.slice(0, 32);
  const mine = () => visit.session.tickets.find((ticket) => ticket.id === id);
  await visit.enter(
    (storage) => post<CustomerSession>(`${visit.api}/resume`, { resume: secret, storage, device: deviceHints() }),
    () => mine() !== undefined,
  );
  const ticket = mine();
  if (!ticket) throw new Refusal({ code: "not_found", message: "This link is not valid." });
  journey.enterChat(ticket);
}

/** Opens the panel for files at once, with the camera first: that is what most people come for with a phone. */
async function offerPhoto({ host }: Journey): Promise<void> {
  await host.updateComplete;
  const chat = host.renderRoot.querySelector("dw-chat");
  await chat?.updateComplete;
  chat?.shadowRoot?.querySelector<HTMLElement>("dw-composer > button")?.click();
}
