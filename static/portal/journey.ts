/** A customer's way through a portal: which page is shown, who he is, which ticket he is in. `<dw-customer>` draws it. */

import type { LitElement } from "lit";
import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { offerLanguages, t } from "../shared/i18n.ts";
import type { CustomerTicket, Portal } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { unread, type Line } from "../shared/transcript.ts";
import { Chat } from "./chat.ts";
import { Visit, type Problem } from "./visit.ts";

export type View = "loading" | "unreachable" | "missing" | "form" | "chat" | "list";
/** A dialog: asked before it is done; the key for another device; the field for such a key; the customer's language. */
export type Question = "end" | "forget" | "phone" | "key" | "language";

/** The element that draws the journey; its events tell the shell around it. */
interface Host extends LitElement {
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
  question: Question | null = null;
  /** Until what it begins with is on the screen. */
  begun: Promise<void> | null = null;

  readonly host: Host;
  #unread = 0;

  constructor(host: Host, slug: string) {
    this.host = host;
    this.visit = new Visit(slug);
  }

  /**
   * `place`: a ticket's key, "new" for the form, or nothing for the ticket that is going on. `arrival`: the secret with
   * which somebody comes, "resume=…" or "phone=…".
   */
  begin(place: string, arrival: string | null): void {
    this.begun = this.#begin(place, arrival);
  }

  async #begin(place: string, arrival: string | null): Promise<void> {
    this.#show("loading", null);
    this.say(null);
    try {
      this.portal = await this.visit.begin();
      await offerLanguages(this.portal.languages);
      document.documentElement.style.setProperty("--brand", this.portal.accent);
      emit(this.host, "portal", this.portal);
      if (arrival && (await (await import("./arrival.ts")).arrive(this, arrival))) return;
    } catch (error) {
      const missing = error instanceof Refusal && error.code === "not_found";
      this.#show(missing ? "missing" : "unreachable", null);
      this.say(missing ? null : errorText(error));
      return;
    }
    this.enter(place);
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
    chat.onarrival = (line) => this.host.heard(line);
    chat.ongone = () => void this.#gone();
    this.#show("chat", chat);
    emit(this.host, "place", ticket.key);
    this.#changed(chat);
  }

  enterForm(): void {
    this.chat?.leave();
    this.#show("form", null);
    this.#tellUnread(0);
    emit(this.host, "place", null);
  }

  enterList(): void {
    this.chat?.leave();
    this.#show("list", null);
  }

  say(notice: string | null): void {
    this.notice = notice;
    this.host.requestUpdate();
  }

  ask(question: Question | null): void {
    this.question = question;
    this.host.requestUpdate();
  }

  /** The ticket with this key, else the one that is going on, else the form. */
  enter(place: string): void {
    const { tickets } = this.visit.session;
    const named = tickets.find(({ key }) => key === place);
    const ticket = named ?? tickets.find(({ status }) => status !== "done") ?? tickets[0];
    if (ticket && place !== "new") this.enterChat(ticket);
    else this.enterForm();
  }

  #show(view: View, chat: Chat | null): void {
    this.view = view;
    this.chat = chat;
    this.host.requestUpdate();
  }

  #changed(chat: Chat): void {
    const { tickets } = this.visit.session;
    const at = tickets.findIndex(({ id }) => id === chat.id);
    if (at >= 0) tickets[at] = chat.ticket;
    const loaded = chat.transcript.epoch !== null;
    this.#tellUnread(loaded ? unread(chat.transcript, "customer") : chat.ticket.unread);
    this.host.requestUpdate();
  }

  #tellUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    emit(this.host, "unread", count);
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
