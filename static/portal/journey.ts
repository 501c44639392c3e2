/** A customer's way through a portal: which page is shown, who he is, which ticket he is in. `<dw-customer>` draws it. */

import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { offerLanguages, t } from "../shared/i18n.ts";
import type { CustomerTicket, Portal } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { unread, type Line } from "../shared/transcript.ts";
import { Chat } from "./chat.ts";
import { Visit, type Problem } from "./visit.ts";

export type View = "loading" | "unreachable" | "missing" | "form" | "chat" | "list";

/** The element that draws the journey; its events tell the shell around it. */
interface Host extends EventTarget {
  requestUpdate(): void;
  /** A line of the other side has arrived. */
  heard(line: Line): void;
}

export class Journey {
  readonly visit: Visit;
  view: View = "loading";
  portal: Portal | null = null;
  chat: Chat | null = null;
  /** A sentence above everything, until it is put away. */
  notice: string | null = null;

  readonly #host: Host;
  #begun: Promise<void> | null = null;
  #unread = 0;

  constructor(host: Host, slug: string) {
    this.#host = host;
    this.visit = new Visit(slug);
  }

  /** `place`: a ticket's key, "new" for the form, or nothing for the ticket that is going on. */
  begin(place: string, resume: string | null): void {
    this.#begun = this.#begin(place, resume);
  }

  async #begin(place: string, resume: string | null): Promise<void> {
    this.#show("loading", null);
    this.say(null);
    try {
      this.portal = await this.visit.begin();
      await offerLanguages(this.portal.languages);
      document.documentElement.style.setProperty("--brand", this.portal.accent);
      emit(this.#host, "portal", this.portal);
    } catch (error) {
      const missing = error instanceof Refusal && error.code === "not_found";
      this.#show(missing ? "missing" : "unreachable", null);
      this.say(missing ? null : errorText(error));
      return;
    }
    if (resume === null || !(await this.#resumed(resume))) this.#enter(place);
  }

  async #resumed(secret: string): Promise<boolean> {
    try {
      const ticket = await this.visit.resume(secret);
      if (ticket) this.enterChat(ticket);
      return ticket !== null;
    } catch (error) {
      this.say(error instanceof Refusal && error.code === "not_found" ? t("visit.bad_link") : errorText(error));
      return false;
    }
  }

  /** Becomes the person whom the embedding site has signed. */
  async identify(jwt: string): Promise<void> {
    await this.#begun;
    try {
      await this.visit.identify(jwt);
    } catch (error) {
      // the site's developer can mend this, the customer cannot: he goes on without a verified name
      console.warn("Deskwire.identify:", error);
      return;
    }
    if (this.portal) this.#enter("");
  }

  /** Opens a ticket and enters its chat. */
  async open(problem: Problem): Promise<void> {
    this.say(null);
    const { ticket, ahead } = await this.visit.open(problem);
    this.enterChat(ticket, ahead);
  }

  enterChat(ticket: CustomerTicket, ahead: number | null = null): void {
    this.chat?.leave();
    const chat = new Chat(this.visit, ticket, ahead);
    chat.onchange = () => this.#changed(chat);
    chat.onarrival = (line) => this.#host.heard(line);
    chat.ongone = () => void this.#gone();
    this.#show("chat", chat);
    emit(this.#host, "place", ticket.key);
    this.#changed(chat);
  }

  enterForm(): void {
    this.chat?.leave();
    this.#show("form", null);
    this.#tellUnread(0);
    emit(this.#host, "place", null);
  }

  enterList(): void {
    this.chat?.leave();
    this.#show("list", null);
  }

  /** Leaves nothing of the customer in this browser. */
  async forget(): Promise<void> {
    try {
      await this.visit.forgetDevice();
    } catch (error) {
      this.say(errorText(error));
      return;
    }
    this.chat?.forget();
    this.enterForm();
    this.say(t("visit.forgotten"));
  }

  say(notice: string | null): void {
    this.notice = notice;
    this.#host.requestUpdate();
  }

  #enter(place: string): void {
    const { tickets } = this.visit.session;
    const named = tickets.find(({ key }) => key === place);
    const ticket = named ?? tickets.find(({ status }) => status !== "done") ?? tickets[0];
    if (ticket && place !== "new") this.enterChat(ticket);
    else this.enterForm();
  }

  #show(view: View, chat: Chat | null): void {
    this.view = view;
    this.chat = chat;
    this.#host.requestUpdate();
  }

  #changed(chat: Chat): void {
    const { tickets } = this.visit.session;
    const at = tickets.findIndex(({ id }) => id === chat.id);
    if (at >= 0) tickets[at] = chat.ticket;
    const loaded = chat.transcript.epoch !== null;
    this.#tellUnread(loaded ? unread(chat.transcript, "customer") : chat.ticket.unread);
    this.#host.requestUpdate();
  }

  #tellUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    emit(this.#host, "unread", count);
  }

  /** The server does not know this customer, or this ticket, any more. */
  async #gone(): Promise<void> {
    this.enterForm();
    this.say(t("visit.gone"));
    try {
      await this.visit.refresh();
    } catch (error) {
      this.say(errorText(error));
    }
  }
}
