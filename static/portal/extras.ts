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
import "./my-requests.ts";
import type { Visit } from "./visit.ts";

export { beep } from "../shared/sound.ts";

/** Asked before it is done. */
export type Question = "end" | "forget";

interface Where {
  readonly known: boolean;
  readonly tickets: number;
  /** The ticket on the screen. */
  readonly chat: CustomerTicket | null;
}

interface Actions {
  readonly end: () => void;
  readonly forget: () => void;
  readonly form: () => void;
  readonly list: () => void;
  readonly save: () => void;
  /** A setting was switched. */
  readonly changed: () => void;
}

/** Only what makes sense now. */
export function menuItems({ known, tickets, chat }: Where, act: Actions): MenuItem[] {
  const items: MenuItem[] = [];
  if (chat) {
    if (chat.status !== "done" && chat.chat !== "ended") items.push({ label: t("chat.end"), icon: "close", act: act.end });
    items.push({ label: t("chat.save"), icon: "download", act: act.save });
    items.push({ label: t("chat.new_ticket"), icon: "plus", act: act.form });
  }
  if (tickets > (chat ? 1 : 0)) items.push({ label: t("visit.tickets"), icon: "list", act: act.list });
  if (known) items.push({ label: t("visit.forget"), icon: "trash", danger: true, act: act.forget });
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
export function requests(
  tickets: readonly CustomerTicket[],
  choose: (ticket: CustomerTicket) => void,
  another: () => void,
) {
  return html`<main>
    <h1>${t("visit.tickets")}</h1>
    <dw-my-requests
      .tickets=${tickets}
      @choose=${(event: CustomEvent<CustomerTicket>) => choose(event.detail)}
    ></dw-my-requests>
    <button class="primary" @click=${another}>${t("chat.new_ticket")}</button>
  </main>`;
}

export async function saveTranscript(visit: Visit, ticket: string): Promise<void> {
  await download(`/api/v1/customer/tickets/${ticket}/transcript?format=html`, { token: visit.token });
}
