/**
 * Who this browser is at a portal, over HTTP: the portal's form, the session and its tickets. Where a cookie does not come
 * back (third-party iframe) the session is a token in localStorage, and where that is refused too, in memory.
 */

import { get, post } from "../shared/api.ts";
import { language, spokenLanguage } from "../shared/i18n.ts";
import type {
  CustomerSession,
  OpenTicket,
  Opened,
  Portal,
  Storage,
} from "../shared/protocol.d.ts";
import { forget, recall, remember } from "../shared/storage.ts";
import { deviceHints } from "./device.ts";

export type Problem = Omit<OpenTicket, "lang" | "device" | "storage">;

export class Visit {
  readonly slug: string;
  /** Where the portal is asked. */
  readonly api: string;
  /** Known once `begin` has asked. */
  session!: CustomerSession;
  /** Whether this browser will still know the customer after this page. */
  lasting = true;

  constructor(slug: string) {
    this.slug = slug;
    this.api = `/api/v1/portals/${slug}`;
  }

  /** Whose things these are in this browser's memory. */
  get actor(): string {
    return `p:${this.slug}`;
  }

  /** Prefix of everything that is remembered for this portal. */
  get memory(): string {
    return `${this.actor}:`;
  }

  get token(): string | null {
    return recall(`${this.memory}token`);
  }

  /** What the portal shows now, in the page's language. */
  look(): Promise<Portal> {
    return get<Portal>(`${this.api}?lang=${language()}`);
  }

  /** The same; who we are stands in `session` afterwards. */
  async begin(): Promise<Portal> {
    const [portal] = await Promise.all([this.look(), this.refresh()]);
    return portal;
  }

  /** Opens a ticket. The same client_id again, after an answer that got lost, gives the same ticket. */
  async open(problem: Problem): Promise<Opened> {
    const body = { ...problem, lang: spokenLanguage(), device: deviceHints() };
    const send = (storage: Storage): Promise<Opened> =>
      post<Opened>(`${this.api}/tickets`, { ...body, storage } satisfies OpenTicket, { token: this.token });
    return this.enter(send, ({ ticket }) => this.#knows(ticket.id));
  }

  /** Asks the server who we are. */
  async refresh(): Promise<void> {
    const token = this.token;
    this.session = await get<CustomerSession>(`${this.api}/session`, { token });
    if (token !== null && !this.session.known) forget(`${this.memory}token`);
  }

  #knows(ticket: string): boolean {
    return this.session.tickets.some(({ id }) => id === ticket);
  }

  /** A cookie first; where it does not come back, the same once more for a token. */
  async enter<Answer extends { token: string | null }>(
    send: (storage: Storage) => Promise<Answer>,
    arrived: (answer: Answer) => boolean,
  ): Promise<Answer> {
    let answer: Answer | null = null;
    if (this.token === null) {
      answer = await send("cookie");
      await this.refresh();
      if (arrived(answer)) return answer;
    }
    answer = await send("token");
    if (answer.token !== null) this.lasting = remember(`${this.memory}token`, answer.token);
    await this.refresh();
    return answer;
  }
}
