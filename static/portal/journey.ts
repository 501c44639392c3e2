/** A customer's way through a portal: which page is shown, who he is, which ticket he is in. `<dw-customer>` draws it. */

import type { LitElement } from "lit";
import { emit } from "../shared/emit.ts";
import { errorText } from "../shared/error-text.ts";
import { offerLanguages } from "../shared/i18n.ts";
import { late } from "../shared/late.ts";
import type { CustomerTicket, Portal } from "../shared/protocol.d.ts";
import { Refusal } from "../shared/refusal.ts";
import { recall } from "../shared/storage.ts";
import { unread, type Line } from "../shared/transcript.ts";
import { Chat } from "./chat.ts";
import type { Admission } from "./doors/choice.ts";
import { Visit, type Problem } from "./visit.ts";

export type View = "loading" | "unreachable" | "form" | "chat" | "page";
/** A page that is loaded when it is wanted: my requests, other ways in than the plain form, no portal here. */
export type Page = (journey: Journey) => unknown;
/** A dialog: asked before it is done; the key for another device; the field for such a key; the customer's language; answers. */
export type Question = "end" | "forget" | "phone" | "key" | "language" | "answers";

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
  page: Page | null = null;
  /** What stands in the place of the plain form, where the portal has more than that. */
  front: Page | null = null;
  /** What stands above everything: the portal is closed, or has something important to say. */
  news: Page | null = null;
  /** Sign-in with a password, where the portal has that. */
  declare account?: typeof import("./account/index.ts") | null;
  /** The session key with which somebody comes, and to whom it leads. */
  admitted: Admission | null = null;
  /** Hears when the portal changes, as long as there is no chat whose socket tells that. */
  live: { listen(): void; look(): void; rest(): void } | null = null;
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
      await this.show(await this.visit.begin());
      const secret = arrival ?? recall(`${this.visit.memory}key`);
      if (secret && (await (await import("./arrival.ts")).arrive(this, arrival))) return;
    } catch (error) {
      if (error instanceof Refusal && error.code === "not_found") {
        this.enterPage((await import("./missing.ts")).missing);
        return;
      }
      this.#show("unreachable", null);
      this.say(errorText(error));
      return;
    }
    this.enter(place);
  }

  /** Shows what the portal is now. */
  async show(portal: Portal): Promise<void> {
    this.portal = portal;
    await offerLanguages(portal.languages);
    document.documentElement.style.setProperty("--brand", portal.accent);
    if (!portal.simple) await (await late(() => import("./doors/index.ts"))).furnish(this, portal);
    emit(this.host, "portal", portal);
    this.host.requestUpdate();
  }

  /** Opens a ticket and enters its chat. */
  async open(problem: Problem): Promise<void> {
    this.say(null);
    const { ticket, ahead } = await this.visit.open(problem);
    this.enterChat(ticket, ahead);
  }

  enterChat(ticket: CustomerTicket, ahead: number | null = null): void {
    this.chat?.leave();
    this.live?.rest();
    const chat = new Chat(this.visit, ticket, ahead);
    chat.onchange = () => this.#changed(chat);
    chat.onarrival = (line) => this.host.heard(line);
    chat.ongone = () => void import("./gone.ts").then(({ gone }) => gone(this), () => this.enterForm());
    chat.onportal = () => void this.#listen();
    this.#show("chat", chat);
    emit(this.host, "place", ticket.key);
    this.#changed(chat);
  }

  enterForm(): void {
    this.enterPage(null);
    void this.#listen();
    this.#tellUnread(0);
    emit(this.host, "place", null);
  }

  /** Without news the page stays as it is, and the server says what is not offered any more. */
  async #listen(): Promise<void> {
    this.live ??= await import("./live.ts").then(({ Live }) => new Live(this), () => null);
    if (this.chat) this.live?.look();
    else this.live?.listen();
  }

  /** null: the form. */
  enterPage(page: Page | null): void {
    this.chat?.leave();
    this.#show(page ? "page" : "form", null, page);
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

  #show(view: View, chat: Chat | null, page: Page | null = null): void {
    this.view = view;
    this.page = page;
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
}
