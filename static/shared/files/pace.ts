/** When what did not work is tried again: soon, then less and less often, and at once when there is hope. */

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export class Pace {
  readonly #again: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitMs = FIRST_WAIT_MS;

  constructor(again: () => void) {
    this.#again = again;
  }

  /** Something worked. */
  reset(): void {
    this.#waitMs = FIRST_WAIT_MS;
  }

  now(): void {
    this.reset();
    this.#go();
  }

  /** After so long, where the server has said how long. */
  later(afterMs: number | null): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#go(), afterMs ?? this.#waitMs);
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  #go(): void {
    clearTimeout(this.#timer);
    this.#again();
  }
}
