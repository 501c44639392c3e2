/**
 * Coming with a secret: a resume link, the key that another device shows, or a technician's session key (G-36), also
 * one that was typed here before the page was loaded again. Loaded when somebody does.
 */

import { post } from "../shared/api.ts";
import { t } from "../shared/i18n.ts";
import { late } from "../shared/late.ts";
import type { CustomerSession, JoinedByKey, KeyFound, Storage } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { deviceHints } from "./device.ts";
import { admit, kept } from "./doors/admission.ts";
import type { Admission } from "./doors/choice.ts";
import type { Journey } from "./journey.ts";

/** Enters the page that the secret opens; false: there is none, and the notice says so where there should have been one. */
export async function arrive(journey: Journey, arrival: string | null): Promise<boolean> {
  const admission = kept(journey);
  if (admission) await letIn(journey, admission);
  if (arrival === null) return false;
  const [way, secret = ""] = arrival.split("=");
  if (way === "invitation") {
    const { page } = await late(() => import("./account/index.ts"));
    journey.enterPage((one) => page(one, secret));
    return true;
  }
  try {
    await (WAYS[way ?? ""] ?? resume)(journey, secret);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || !["not_found", "key_invalid"].includes(error.code)) throw error;
    journey.say(t(way === "resume" ? "visit.bad_link" : "error.key_invalid"));
    return false;
  }
}

const WAYS: Readonly<Record<string, (journey: Journey, secret: string) => Promise<void>>> = { phone: joinByKey, key: comeByKey };

/** By a key, whatever it is: one that opens a chat with a technician, or one of a chat on another device. */
export async function comeByKey(journey: Journey, key: string): Promise<void> {
  const found = await post<KeyFound>(`${journey.visit.api}/session-keys/check`, { key });
  if (found.kind === "device") return joinByKey(journey, key);
  await letIn(journey, { way: "key", key, technician: found.technician ?? "", until: found.expires_at ?? 0 });
  journey.enterForm();
}

async function letIn(journey: Journey, admission: Admission): Promise<void> {
  journey.front ??= (await late(() => import("./doors/index.ts"))).front;
  admit(journey, admission);
}

/**
 * Goes on with a chat that another device has. The key works once: where the cookie that it brought does not come back,
 * the link of the chat brings a token.
 */
async function joinByKey(journey: Journey, key: string): Promise<void> {
  const { api } = journey.visit;
  let joined: JoinedByKey | null = null;
  await enter(journey, async (storage) => {
    if (joined) return byLink(api, joined.resume, storage);
    joined = await post<JoinedByKey>(`${api}/handover`, { key, storage, device: deviceHints() });
    return joined;
  }, () => joined?.ticket.id);
  journey.say(t("visit.joined"));
  await offerPhoto(journey);
}

async function resume(journey: Journey, secret: string): Promise<void> {
  await enter(journey, (storage) => byLink(journey.visit.api, secret, storage), () => secret.slice(0, 32));
}

function byLink(api: string, secret: string, storage: Storage): Promise<CustomerSession> {
  return post<CustomerSession>(`${api}/resume`, { resume: secret, storage, device: deviceHints() });
}

type Send = (storage: Storage) => Promise<{ readonly token: string | null }>;

async function enter(journey: Journey, send: Send, id: () => string | undefined): Promise<void> {
  const { visit } = journey;
  const mine = () => visit.session.tickets.find((ticket) => ticket.id === id());
  await visit.enter(send, () => mine() !== undefined);
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
