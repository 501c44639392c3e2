/** What a customer needs beside writing, loaded when it is first wanted: menu, questions, tickets, transcript, sound. */

import { html } from "lit";
import "../shared/dialog.ts";
import { download } from "../shared/download.ts";
import { chooseLanguage, language, LANGUAGES, offeredLanguages, t } from "../shared/i18n.ts";
import "../shared/menu.ts";
import type { MenuItem } from "../shared/menu.ts";
import type { CustomerTicket } from "../shared/protocol.d.ts";
import { setSound, soundOn } from "../shared/sound.ts";
import { chooseTheme, theme, THEMES } from "../shared/theme.ts";
// loaded long ago and not used here: named, so that the bundler leaves all of it in one chunk (0.7 KiB less, compressed)
import "./customer.ts";
import type { Journey } from "./journey.ts";
import "./my-requests.ts";

export { beep } from "../shared/sound.ts";

/** Asked before it is done. */
export type Question = "end" | "forget";

interface Actions {
  readonly ask: (question: Question) => void;
  readonly save: () => void;
  /** A setting was switched. */
  readonly changed: () => void;
}

/** Only what makes sense now. */
export function menuItems(journey: Journey, act: Actions): MenuItem[] {
  const { known, tickets } = journey.visit.session;
  const ticket = journey.chat?.ticket;
  const items: MenuItem[] = [];
  if (ticket) {
    const over = ticket.status === "done" || ticket.chat === "ended";
    if (!over) items.push({ label: t("chat.end"), icon: "close", act: () => act.ask("end") });
    items.push({ label: t("chat.save"), icon: "download", act: act.save });
    items.push({ label: t("chat.new_ticket"), icon: "plus", act: () => journey.enterForm() });
  }
  if (tickets.length > (ticket ? 1 : 0)) {
    items.push({ label: t("visit.tickets"), icon: "list", act: () => journey.enterList() });
  }
  if (known) items.push({ label: t("visit.forget"), icon: "trash", danger: true, act: () => act.ask("forget") });
  return [...items, soundItem(act), ...themeItems(act), ...languageItems()];
}

function soundItem({ changed }: Actions): MenuItem {
  const act = (): void => {
    setSound(!soundOn());
    changed();
  };
  return { label: t("visit.sound"), group: "", checked: soundOn(), act };
}

function themeItems({ changed }: Actions): MenuItem[] {
  return THEMES.map((choice, index) => ({
    label: t(`theme.${choice}`),
    checked: choice === theme(),
    ...(index === 0 && { group: t("theme") }),
    act: () => {
      chooseTheme(choice);
      changed();
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

export function questionDialog(question: Question | null, answer: (yes: boolean) => void) {
  const ending = question === "end";
  return html`<dw-dialog
    ?open=${question !== null}
    heading=${t(ending ? "chat.end_question" : "visit.forget_question")}
    @close=${() => answer(false)}
  >
    <p>${t(ending ? "chat.end_hint" : "visit.forget_hint")}</p>
    <button slot="actions" @click=${() => answer(false)}>${t("dialog.cancel")}</button>
    <button slot="actions" class=${ending ? "primary" : "danger"} @click=${() => answer(true)}>
      ${t(ending ? "chat.end" : "visit.forget")}
    </button>
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
export async function saveTranscript({ visit, chat }: Journey): Promise<void> {
  if (!chat) return;
  await download(`/api/v1/customer/tickets/${chat.id}/transcript?format=html`, { token: visit.token });
}
