/** Transfers, invitations and supervision, as commands; and who and what there is to choose from. */
import { get } from "../../shared/api.ts";
import { errorText } from "../../shared/error-text.ts";
import type { Directory, DirectoryPerson, DirectoryTeam, Id, Summary, Target } from "../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { t } from "../../shared/i18n.ts";
import type { Part } from "../model/list-store.ts";
import type { Ask, Connection } from "./connection.ts";
import { Store } from "./store.ts";
import type { Toasts } from "./toasts.ts";

type TogetherCommand = Extract<
  Ask,
  { type: "offer" | "withdraw_offer" | "accept_offer" | "decline_offer" | "give" | "take_away" | "invite" | "uninvite" | "come" | "leave" }
>;

/** What the part of my teams is called among the others. */
export const MY_TEAMS = "";
const AGAIN_MS = 5_000;
const NOBODY: Directory = { people: [], teams: [], queues: [] };

export class Together extends Store {
  directory: Directory = NOBODY;
  readonly #connection: Connection;
  readonly #toasts: Toasts;
  /** A queue that is not known yet is not asked for at each drawing. */
  #askedAt = -Infinity;
  /** Tickets with an answer on its way: a second click is not a second answer. */
  readonly #busy = new Set<Id>();

  constructor(connection: Connection, toasts: Toasts) {
    super();
    this.#connection = connection;
    this.#toasts = toasts;
  }

  offer(ticket: Id, to: Target, comment: string): Promise<boolean> {
    return this.#call({ type: "offer", ticket, to, comment: comment || null });
  }

  invite(ticket: Id, technician: Id, comment: string): Promise<boolean> {
    return this.#call({ type: "invite", ticket, technician, comment: comment || null });
  }

  give(ticket: Id, technician: Id): Promise<boolean> {
    return this.#call({ type: "give", ticket, technician });
  }

  uninvite(ticket: Id, technician: Id): Promise<boolean> {
    return this.#call({ type: "uninvite", ticket, technician });
  }

  take(type: "withdraw_offer" | "accept_offer" | "decline_offer" | "take_away" | "come" | "leave", ticket: Id): Promise<boolean> {
    return this.#call({ type, ticket });
  }

  /** The name of a queue; null until it is known. */
  queueName(id: Id): string | null {
    const queue = this.directory.queues.find((one) => one.id === id);
    if (!queue && Date.now() - this.#askedAt > AGAIN_MS) void this.look();
    return queue?.name ?? null;
  }

  /** Colleagues and teams that can have this ticket, or be invited into its chat. */
  candidates(ticket: Summary, me: Id): { people: DirectoryPerson[]; teams: DirectoryTeam[] } {
    const { company, assignee, helpers } = ticket;
    const there = new Set([me, assignee?.id, ...helpers.map(({ id }) => id)]);
    return {
      people: this.directory.people.filter((one) => one.companies.includes(company.id) && !there.has(one.id)),
      teams: this.directory.teams.filter((one) => one.company === company.id && one.members.some((id) => id !== assignee?.id)),
    };
  }

  /** Those to whom I, as a supervisor, may give this ticket; none where I may not. */
  mayGive(ticket: Summary): DirectoryPerson[] {
    const teams = this.directory.teams.filter((one) => one.supervised && one.company === ticket.company.id);
    const members = new Set(teams.flatMap((one) => one.members));
    if (ticket.status === "done" || !this.#mine(ticket, teams, members)) return [];
    return this.directory.people.filter(({ id }) => members.has(id) && id !== ticket.assignee?.id);
  }

  #mine({ assignee, queue }: Summary, teams: readonly DirectoryTeam[], members: ReadonlySet<Id>): boolean {
    if (members.size === 0) return false;
    if (assignee) return members.has(assignee.id);
    const place = this.directory.queues.find(({ id }) => id === queue);
    return !!place && (place.kind === "portal" || members.has(place.owner) || teams.some(({ id }) => id === place.owner));
  }

  /** Parts of the shared list that can be chosen: my teams, and each queue in which something may wait. */
  parts(me: Id): Part[] {
    const { teams, queues } = this.directory;
    const mine = teams.filter(({ members }) => members.includes(me));
    const people = new Set(mine.flatMap(({ members }) => members));
    const theirs = queues.filter(({ owner }) => people.has(owner) || mine.some(({ id }) => id === owner));
    const myTeams = { name: MY_TEAMS, queues: theirs.map(({ id }) => id), assignees: [...people] };
    const each = queues.map(({ id, name }) => ({ name, queues: [id], assignees: [] }));
    return [...(mine.length > 0 ? [myTeams] : []), ...(each.length > 1 ? each : [])];
  }

  /** Looks who and what there is now. */
  async look(): Promise<void> {
    this.#askedAt = Date.now();
    try {
      this.directory = await get<Directory>("/api/v1/directory");
      this.changed();
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }

  /** What a part of the list has become, when people or queues have changed; null: there is no such part any more. */
  partNow(part: Part, me: Id): Part | null {
    const same = this.parts(me).filter(({ name }) => name === part.name);
    return same.find(({ queues }) => queues.join() === part.queues.join()) ?? same[0] ?? null;
  }

  async #call(command: TogetherCommand): Promise<boolean> {
    if (this.#busy.has(command.ticket)) return false;
    this.#busy.add(command.ticket);
    try {
      await this.#connection.call(command);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      const race = error instanceof Refusal && error.code === "already_assigned" && error.who;
      this.#toasts.say(race ? t("together.race", { who: race }) : errorText(error), { tone: "warning" });
      return false;
    } finally {
      this.#busy.delete(command.ticket);
    }
  }
}
