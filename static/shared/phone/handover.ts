/** A key while it is shown: made, counted down, withdrawn, made anew. The element only draws this. */

import type { Handover } from "../protocol.d.ts";

/** Where a key is asked for. */
export interface Door {
  make(): Promise<Handover>;
  revoke(): Promise<void>;
}

export type State = "making" | "shown" | "joined" | "expired" | "revoked" | "failed";

const TICK_MS = 500;

export class Showing {
  onchange: () => void = () => undefined;
  state: State = "making";
  key: Handover | null = null;
  /** Why there is no key. */
  error: unknown = null;

  readonly #door: Door;
  readonly #now: () => number;
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #asked = 0;

  /** `now`: milliseconds; only what passes between two looks at it counts, with the time that a laptop sleeps. */
  constructor(door: Door, now: () => number = () => Date.now()) {
    this.#door = door;
    this.#now = now;
  }

  get left_ms(): number {
    return this.#until - this.#now();
  }

  /** Asks for a key; the one before it ends with that. */
  async make(): Promise<void> {
    const asked = (this.#asked += 1);
    this.#become("making", null);
    try {
      const from = this.#now();
      const key = await this.#door.make();
      if (asked !== this.#asked) return;
      this.#until = from + key.life_ms;
      this.#become("shown", key);
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
    } catch (error) {
      if (asked === this.#asked) this.#fail(error);
    }
  }

  async revoke(): Promise<void> {
    try {
      await this.#door.revoke();
      this.#become("revoked", null);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Another device is there. */
  joined(): void {
    if (this.state === "shown") this.#become("joined", null);
  }

  /** Nobody looks any more. The key stays as good as it is: it may have been sent, or written down. */
  leave(): void {
    this.#asked += 1;
    this.onchange = () => undefined;
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.left_ms <= 0) this.#become("expired", null);
    else this.onchange();
  }

  #fail(error: unknown): void {
    this.error = error;
    this.#become("failed", null);
  }

  #become(state: State, key: Handover | null): void {
    clearInterval(this.#timer);
    this.state = state;
    this.key = key;
    this.onchange();
  }
}
