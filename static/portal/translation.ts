/** What a customer sees of translations beside the messages, and where he says what he writes in. Loaded when wanted. */

import { html, nothing, type ReactiveControllerHost } from "lit";
import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { t as page } from "../shared/i18n.ts";
import { languageName } from "../shared/language-name.ts";
import { choices, customersSituation, otherReads, Reader, t } from "../shared/translation/index.ts";
import type { Reading } from "../shared/translation/readings.ts";
import type { Chat } from "./chat.ts";
import type { Journey } from "./journey.ts";

/** The translations of the chat that an element shows. */
export class ChatTranslation {
  readonly #host: EventTarget;
  readonly #reader: Reader;

  constructor(host: ReactiveControllerHost & EventTarget) {
    this.#host = host;
    this.#reader = new Reader(host);
  }

  readings({ transcript, ticket, languages }: Chat): ReadonlyMap<string, Reading> {
    return this.#reader.read(transcript, customersSituation(ticket, languages));
  }

  /** Above the field: what the technician reads, and what he thinks that I write. */
  notice({ ticket, languages }: Chat) {
    const notice = otherReads(customersSituation(ticket, languages), ticket.technician ?? t("translation.technician"));
    if (notice === null) return nothing;
    const mine = ticket.language === null ? t("translation.choose") : t("translation.i_write", { language: languageName(ticket.language) });
    return html`<p class="reads ${notice.warning ? "warning" : ""}">
      <span>${notice.text}</span>
      ${ticket.shared
        ? nothing
        : html`<button class="link" aria-haspopup="dialog" @click=${() => emit(this.#host, "choose-language")}>${mine}</button>`}
    </p>`;
  }
}

/** Asks the customer which language he writes in. */
export function languageDialog(journey: Journey) {
  const { chat } = journey;
  if (!chat) return nothing;
  const close = (): void => journey.ask(null);
  const save = (event: Event): void => {
    const lang = (event.currentTarget as HTMLElement).closest("dw-dialog")?.querySelector("select")?.value ?? "";
    close();
    if (lang !== "" && lang !== chat.ticket.language) void speak(journey, chat, lang);
  };
  const present = chat.ticket.language;
  return html`<dw-dialog open heading=${t("translation.question")} @close=${close}>
    <p>${t("translation.hint")}</p>
    <select aria-label=${t("translation.question")}>
      ${present === null ? html`<option value="" selected>${t("translation.unknown")}</option>` : nothing}
      ${choices(chat.languages, present).map(({ tag, name, chosen }) => html`<option value=${tag} ?selected=${chosen}>${name}</option>`)}
    </select>
    <button slot="actions" @click=${close}>${page("dialog.cancel")}</button>
    <button slot="actions" class="primary" @click=${save}>${t("translation.save")}</button>
  </dw-dialog>`;
}

async function speak(journey: Journey, chat: Chat, lang: string): Promise<void> {
  try {
    await chat.speak(lang);
  } catch (error) {
    journey.say(errorText(error));
  }
}
