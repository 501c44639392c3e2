/**
 * Hears when the portal shows something else now, while there is no chat whose socket tells that: an EventSource that says
 * when to look again. A page that nobody looks at hears nothing, and looks when it is looked at again.
 */

import { onLanguage } from "../shared/i18n.ts";
import { Refusal, Unreachable } from "../shared/refusal.ts";
import type { Journey } from "./journey.ts";

const AGAIN_MS = 30_000;

export class Live {
  readonly #journey: Journey;
  #source: EventSource | null = null;
  #wanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(journey: Journey) {
    this.#journey = journey;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#close();
      else if (this.#wanted) this.#open(true);
    });
    onLanguage(() => this.#wanted && void this.#look());
  }

  listen(): void {
    this.#wanted = true;
    this.#open(false);
  }

  /** The socket of a chat hears it from now on. */
  rest(): void {
    this.#wanted = false;
    this.#close();
  }

  /** `missed`: nothing was heard for a while. */
  #open(missed: boolean): void {
    if (this.#source || document.hidden) return;
    const source = new EventSource(`${this.#journey.visit.api}/changes`);
    this.#source = source;
    source.onopen = () => {
      if (missed) void this.#look();
      missed = true;
    };
    source.addEventListener("changed", () => void this.#look());
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again
      this.#close();
      this.#timer = setTimeout(() => this.#wanted && this.#open(true), AGAIN_MS);
    };
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  async #look(): Promise<void> {
    try {
      await this.#journey.show(await this.#journey.visit.look());
    } catch (error) {
      // what is on the screen stays; the server says what is not offered any more
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }
}
