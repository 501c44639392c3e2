/** Keeps the readings of one transcript, and draws its element again when one of them changes as time goes by. */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import { serverNow } from "../server-time.ts";
import type { Transcript } from "../transcript.ts";
import { nextChange, readings, type Reading, type Situation } from "./readings.ts";

export class Reader implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #of: readonly unknown[] = [];
  #readings: ReadonlyMap<string, Reading> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#of = [];
  }

  /** The same map as before, as long as nothing of it has changed. */
  read(transcript: Transcript<unknown>, situation: Situation): ReadonlyMap<string, Reading> {
    const { lines, translations } = transcript;
    const of = [lines, translations, ...Object.values(situation)];
    if (of.every((one, index) => one === this.#of[index])) return this.#readings;
    this.#of = of;
    this.#readings = readings(transcript, situation, serverNow());
    this.#again(nextChange(lines, this.#readings, serverNow()));
    return this.#readings;
  }

  #again(after: number | null): void {
    clearTimeout(this.#timer);
    if (after === null) return;
    this.#timer = setTimeout(() => {
      this.#of = [];
      this.#host.requestUpdate();
    }, after);
  }
}
