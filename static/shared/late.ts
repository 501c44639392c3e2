/** Parts of a page that are loaded when they are wanted. */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import { Unreachable } from "./refusal.ts";

const AGAIN_MS = 5_000;

/** What cannot be loaded now may be later: it counts as any answer that did not come. */
export async function late<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch {
    throw new Unreachable();
  }
}

/** A part that an element loads by itself once it is wanted, and again a little later where it could not be had. */
export class LatePart<Part> implements ReactiveController {
  part: Part | null = null;
  readonly #host: ReactiveControllerHost;
  readonly #wanted: () => boolean;
  readonly #load: () => Promise<Part>;
  #asked = false;

  constructor(host: ReactiveControllerHost, wanted: () => boolean, load: () => Promise<Part>) {
    this.#host = host;
    this.#wanted = wanted;
    this.#load = load;
    host.addController(this);
  }

  hostUpdated(): void {
    if (!this.#asked && this.#wanted()) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asked = true;
    try {
      this.part = await this.#load();
    } catch {
      setTimeout(() => {
        this.#asked = false;
        this.#host.requestUpdate();
      }, AGAIN_MS);
    }
    this.#host.requestUpdate();
  }
}
