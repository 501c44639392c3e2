/**
 * Who this browser is at a portal, over HTTP: the portal's form, the session and its tickets. Where a cookie does not come
 * back (third-party iframe) the session is a token in localStorage, and where that is refused too, in memory.
 */

import { get, post } from "../shared/api.ts";
import { spokenLanguage } from "../shared/i18n.ts";
import type {
  CustomerSession,
  CustomerTicket,
  OpenTicket,
  Opened,
  Portal,
  ResumeLink,
  Storage,
} from "../shared/protocol.d.ts";
import { forget, keysWith, recall, remember } from "../shared/storage.ts";
import { deviceHints } from "./device.ts";

export type Problem = Pick<OpenTicket, "client_id" | "subject" | "description"> &
  Partial<Pick<OpenTicket, "name" | "email" | "company" | "company_code">>;

const NOBODY: CustomerSession = { known: false, name: null, verified: false, tickets: [], token: null };

export class Visit {
  readonly slug: string;
  session: CustomerSession = NOBODY;
  /** Whether this browser will still know the customer after this page. */
  lasting = true;

  readonly #api: string;
  readonly #resumeSecrets = new Map<string, string>();

  constructor(slug: string) {
    this.slug = slug;
    this.#api = `/api/v1/portals/${slug}`;
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

  /** The portal's form; who we are stands in `session` afterwards. */
  async begin(): Promise<Portal> {
    const [portal] = await Promise.all([get<Portal>(this.#api), this.refresh()]);
    return portal;
  }

  /** Opens a ticket. The same client_id again, after an answer that got lost, gives the same ticket. */
  async open(problem: Problem): Promise<Opened> {
    const body = { ...problem, lang: spokenLanguage(), device: deviceHints() };
    const send = (storage: Storage): Promise<Opened> =>
      post<Opened>(`${this.#api}/tickets`, { ...body, storage } satisfies OpenTicket, { token: this.token });
    const opened = await this.#enter(send, ({ ticket }) => this.#knows(ticket.id));
    this.#resumeSecrets.set(opened.ticket.id, opened.resume);
    return opened;
  }

  /** Comes back by a resume link. Answers with the ticket that the link belongs to. */
  async resume(secret: string): Promise<CustomerTicket | null> {
    const ticketId = secret.slice(0, 32);
    await this.#enter(
      (storage) => post<CustomerSession>(`${this.#api}/resume`, { resume: secret, storage }),
      () => this.#knows(ticketId),
    );
    return this.session.tickets.find(({ id }) => id === ticketId) ?? null;
  }

  /** Becomes the person whom the embedding site has signed. */
  async identify(jwt: string): Promise<void> {
    await this.#enter(
      (storage) => post<CustomerSession>(`${this.#api}/identify`, { jwt, storage }),
      () => this.session.known && this.session.verified,
    );
  }

  /** Leaves nothing of the customer in this browser. */
  async forgetDevice(): Promise<void> {
    await post(`${this.#api}/forget`, undefined, { token: this.token });
    for (const key of [...keysWith(this.memory), ...keysWith(`outbox:${this.memory}`)]) forget(key);
    this.#resumeSecrets.clear();
    this.session = NOBODY;
    this.lasting = true;
  }

  /** The address with which a ticket can be continued on another device. */
  async resumeLink(ticket: string): Promise<string> {
    let secret = this.#resumeSecrets.get(ticket);
    if (secret === undefined) {
      const path = `/api/v1/customer/tickets/${ticket}/resume-link`;
      secret = (await post<ResumeLink>(path, undefined, { token: this.token })).resume;
      this.#resumeSecrets.set(ticket, secret);
    }
    return `${location.origin}/p/${this.slug}#resume=${secret}`;
  }

  /** Asks the server who we are. */
  async refresh(): Promise<void> {
    const token = this.token;
    this.session = await get<CustomerSession>(`${this.#api}/session`, { token });
    if (token !== null && !this.session.known) forget(`${this.memory}token`);
  }

  #knows(ticket: string): boolean {
    return this.session.tickets.some(({ id }) => id === ticket);
  }

  /** A cookie first; where it does not come back, the same once more for a token. */
  async #enter<Answer extends { token: string | null }>(
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
