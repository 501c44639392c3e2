/** Something that changes and that elements show. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class Store {
  readonly #listeners = new Set<() => void>();

  /** Calls back after every change, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Renders its element again when one of the stores has changed. The stores are asked for once the element is in the page. */
export class Follow implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #stores: () => readonly Store[];
  #stops: (() => void)[] = [];

  constructor(host: ReactiveControllerHost, stores: () => readonly Store[]) {
    this.#host = host;
    this.#stores = stores;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stops = this.#stores().map((store) => store.listen(() => this.#host.requestUpdate()));
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop();
  }
}

/** How often waiting times are written anew; they read in minutes. */
export const TICK_MS = 10_000;

/** Renders its element again as time goes by, while it is looked at. */
export class Ticking implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      if (document.visibilityState === "visible") this.#host.requestUpdate();
    }, TICK_MS);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
