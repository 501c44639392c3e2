/**
 * Hears when the portal shows something else now, while there is no chat whose socket tells that: an EventSource that says
 * when to look again. A page that nobody looks at hears nothing, and looks when it is looked at again.
 */

import { language, onLanguage } from "../shared/i18n.ts";
import { Refusal, Unreachable } from "../shared/refusal.ts";
import { serverNow } from "../shared/server-time.ts";
import type { Journey } from "./journey.ts";
import { nextMoment } from "./notices/moments.ts";

const AGAIN_MS = 30_000;
const SPREAD_MS = 500;
/** After what has changed: it may be over before the server, which compares every 2 s, has seen it, and then nobody tells. */
const ONCE_MORE_MS = 5_000;
/** Timers are no longer than this. */
const LONGEST_MS = 2_147_483_647;

export class Live {
  readonly #journey: Journey;
  #source: EventSource | null = null;
  #wanted = false;
  /** in which the page was looked at last */
  #language = language();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setTimeout> | undefined;

  constructor(journey: Journey) {
    this.#journey = journey;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#close();
      else if (this.#wanted) this.#open();
    });
    // each look says which languages there are, so this is also called where nothing has changed
    onLanguage(() => this.#wanted && language() !== this.#language && void this.#look());
  }

  listen(): void {
    this.#wanted = true;
    this.#open();
    this.#watchClock();
  }

  /** The socket of a chat hears it from now on. */
  rest(): void {
    this.#wanted = false;
    this.#close();
  }

  #open(): void {
    if (this.#source || document.hidden) return;
    const source = new EventSource(`${this.#journey.visit.api}/changes`);
    this.#source = source;
    source.onopen = () => this.look(); // what changed since the page looked last, nobody has told
    source.addEventListener("changed", () => this.look());
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again
      this.#close();
      this.#timer = setTimeout(() => this.#wanted && this.#open(), AGAIN_MS);
    };
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** Soon: many pages hear of the same change in the same moment. */
  look(): void {
    this.#due ??= setTimeout(() => void this.#look(), Math.random() * SPREAD_MS);
  }

  /** What a page shows also changes by itself, at a moment that it knows. */
  #watchClock(latest = Infinity): void {
    clearTimeout(this.#clock);
    const at = this.#journey.portal && nextMoment(this.#journey.portal);
    const wait = Math.min(at === null ? Infinity : Math.max(at - serverNow(), 0) + SPREAD_MS, latest);
    if (wait < Infinity) this.#clock = setTimeout(() => this.look(), Math.min(wait, LONGEST_MS));
  }

  async #look(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    this.#language = language();
    const before = JSON.stringify(this.#journey.portal);
    try {
      const portal = await this.#journey.visit.look();
      await this.#journey.show(portal);
      this.#watchClock(JSON.stringify(portal) === before ? Infinity : ONCE_MORE_MS);
    } catch (error) {
      // what is on the screen stays for now; the server says what is not offered any more
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      if (error instanceof Refusal && !error.passing) return;
      clearTimeout(this.#clock);
      this.#clock = setTimeout(() => this.look(), AGAIN_MS); // a moment that the page waited for may be over by now
    }
  }
}
