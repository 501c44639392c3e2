/** What a customer needs beside writing, loaded when it is first wanted: menu, dialogs, tickets, transcript, sound. */

import { html, nothing } from "lit";
import "../shared/dialog.ts";
import { download } from "../shared/download.ts";
import { errorText } from "../shared/error-text.ts";
import { chooseLanguage, language, offeredLanguages, t, type Key } from "../shared/i18n.ts";
import { LANGUAGES } from "../shared/languages.ts";
import "../shared/menu.ts";
import "../shared/more-icons.ts";
import type { MenuItem } from "../shared/menu.ts";
import type { CustomerTicket } from "../shared/protocol.d.ts";
import { setSound, soundOn } from "../shared/sound.ts";
import { chooseTheme, theme, THEMES } from "../shared/theme.ts";
import { forgetDevice } from "./forget.ts";
import type { Journey, Question } from "./journey.ts";
import "./answers.ts";
import "./my-requests.ts";

export { beep } from "../shared/sound.ts";

/** Only what makes sense now. */
export function menuItems(journey: Journey): MenuItem[] {
  const { known, tickets } = journey.visit.session;
  const ticket = journey.chat?.ticket;
  const items: MenuItem[] = [];
  if (ticket) {
    const over = ticket.status === "done" || ticket.chat === "ended" || ticket.shared; // a colleague reads and comments
    if (!over) items.push({ label: t("chat.end"), icon: "close", act: () => journey.ask("end") });
    if (!over) items.push({ label: t("chat.phone"), icon: "phone", act: () => journey.ask("phone") });
    if (ticket.translates && !ticket.shared) items.push({ label: t("chat.language"), icon: "translate", act: () => journey.ask("language") });
    if (ticket.issue_type !== null) items.push({ label: t("chat.answers"), icon: "list", act: () => journey.ask("answers") });
    items.push({ label: t("chat.save"), icon: "download", act: () => void saveTranscript(journey) });
    items.push({ label: t("chat.new_ticket"), icon: "plus", act: () => journey.enterForm() });
  }
  const account = journey.visit.session.account !== null;
  if (!account && tickets.length > (ticket ? 1 : 0)) {
    items.push({ label: t("visit.tickets"), icon: "list", act: () => journey.enterPage(requests) });
  }
  items.push(...(journey.account?.items(journey) ?? []));
  if (known && !account) items.push({ label: t("visit.forget"), icon: "trash", danger: true, act: () => journey.ask("forget") });
  return [...items, soundItem(journey), ...themeItems(journey), ...languageItems()];
}

function soundItem({ host }: Journey): MenuItem {
  const act = (): void => {
    setSound(!soundOn());
    host.requestUpdate();
  };
  return { label: t("visit.sound"), group: "", checked: soundOn(), act };
}

function themeItems({ host }: Journey): MenuItem[] {
  return THEMES.map((choice, index) => ({
    label: t(`theme.${choice}`),
    checked: choice === theme(),
    ...(index === 0 && { group: t("theme") }),
    act: () => {
      chooseTheme(choice);
      host.requestUpdate();
    },
  }));
}

function languageItems(): MenuItem[] {
  return offeredLanguages().map((choice, index) => ({
    label: LANGUAGES[choice],
    checked: choice === language(),
    ...(index === 0 && { group: t("language") }),
    act: () => void chooseLanguage(choice),
  }));
}

/** The dialog that is open, if one is. */
export function dialog(journey: Journey) {
  const { question } = journey;
  if (question === null) return nothing;
  if (question === "end") {
    const end = () => void journey.host.renderRoot.querySelector("dw-chat")?.end();
    return confirmation(journey, "chat.end_question", "chat.end_hint", "chat.end", "primary", end);
  }
  if (question === "forget") {
    const forget = () => void forgetDevice(journey);
    return confirmation(journey, "visit.forget_question", "visit.forget_hint", "visit.forget", "danger", forget);
  }
  if (question === "answers") return answers(journey);
  if (question === "language" && translation) return translation.languageDialog(journey);
  if (question !== "language" && phone) return phone.dialog(journey, question);
  void load(journey, question);
  return nothing;
}

/** Codes and keys, for those who go on with another device. */
let phone: typeof import("./phone.ts") | null = null;
let translation: typeof import("./translation.ts") | null = null;

async function load(journey: Journey, question: Question): Promise<void> {
  try {
    if (question === "language") translation = await import("./translation.ts");
    else phone = await readyPhone();
    journey.ask(journey.question);
  } catch {
    journey.ask(null);
    journey.say(t("error.unreachable"));
  }
}

async function readyPhone(): Promise<typeof import("./phone.ts")> {
  const loaded = await import("./phone.ts");
  await loaded.texts.ready();
  return loaded;
}

function confirmation(journey: Journey, question: Key, hint: Key, action: Key, look: string, act: () => void) {
  const confirm = (): void => {
    journey.ask(null);
    act();
  };
  return html`<dw-dialog open heading=${t(question)} @close=${() => journey.ask(null)}>
    <p>${t(hint)}</p>
    <button slot="actions" @click=${() => journey.ask(null)}>${t("dialog.cancel")}</button>
    <button slot="actions" class=${look} @click=${confirm}>${t(action)}</button>
  </dw-dialog>`;
}

function answers(journey: Journey) {
  const close = (): void => journey.ask(null);
  return html`<dw-dialog open heading=${t("chat.answers")} @close=${close}>
    <dw-answers open .visit=${journey.visit} ticket=${journey.chat?.id ?? ""}></dw-answers>
    <button slot="actions" @click=${close}>${t("dialog.close")}</button>
  </dw-dialog>`;
}

/** The page with all of the customer's tickets. */
export function requests(journey: Journey) {
  return html`<main>
    <h1>${t("visit.tickets")}</h1>
    <dw-my-requests
      .tickets=${journey.visit.session.tickets}
      @choose=${(event: CustomEvent<CustomerTicket>) => journey.enterChat(event.detail)}
    ></dw-my-requests>
    <button class="primary" @click=${() => journey.enterForm()}>${t("chat.new_ticket")}</button>
  </main>`;
}

/** Saves the ticket on the screen as a file. */
async function saveTranscript(journey: Journey): Promise<void> {
  try {
    await download(`/api/v1/customer/tickets/${journey.chat?.id}/transcript?format=html`, { token: journey.visit.token });
  } catch (error) {
    journey.say(errorText(error));
  }
}
