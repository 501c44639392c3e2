/** What customers of my companies are told now, important messages and opening hours: asked for again after each change. */
import { get } from "../../shared/api.ts";
import type { DeskNews as Told, PortalHours, StaffNotice } from "../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../shared/refusal.ts";
import { learnPatience } from "../model/waiting.ts";
import type { SetupNews } from "./setup-news.ts";
import { Store } from "./store.ts";

/** Many customers may say at once that a message is about their problem. */
const PACE_MS = 500;
const NOUNS: readonly string[] = ["notice", "schedule", "portal", "company"];

export class DeskNews extends Store {
  notices: readonly StaffNotice[] = [];
  portals: readonly PortalHours[] = [];
  readonly #setup: SetupNews;
  #stop: () => void = () => undefined;
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(setup: SetupNews) {
    super();
    this.#setup = setup;
  }

  start(): void {
    this.#stop = this.#setup.listen((changed) => {
      if (changed === null || NOUNS.includes(changed.noun)) this.#due ??= setTimeout(() => void this.#look(), PACE_MS);
    });
    void this.#look();
  }

  dispose(): void {
    this.#stop();
    clearTimeout(this.#due);
  }

  /** The hours of a portal that is closed now. */
  closed(slug: string): PortalHours | null {
    return this.portals.find(({ portal, open }) => portal === slug && !open) ?? null;
  }

  /** Whether customers sign in there with a password. */
  hasAccounts(slug: string): boolean {
    return this.portals.some(({ portal, accounts }) => portal === slug && accounts);
  }

  async #look(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    try {
      const { notices, portals } = await get<Told>("/api/v1/news");
      this.notices = notices;
      this.portals = portals;
      learnPatience(portals);
      this.changed();
    } catch (error) {
      // what is known stays; the next change, or the next connection, asks again
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }
}
