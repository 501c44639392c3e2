/**
 * The app's end of the line to the loader on the embedding site. The first message tells who the parent is; it counts only
 * if the server has named that origin as one of the portal's sites. Nothing is told to anybody before that.
 */

import type { ToApp, ToLoader } from "./messages.ts";

export class Bridge {
  readonly framed = parent !== window;

  readonly #origins: readonly string[];
  readonly #unheard: ToApp[] = [];
  readonly #untold: ToLoader[] = [];
  #heard: ((message: ToApp) => void) | null = null;
  #parent: string | null = null;

  /** Listens at once: the loader speaks as soon as our document has loaded. */
  constructor(origins: readonly string[]) {
    this.#origins = origins;
    if (this.framed) addEventListener("message", (event: MessageEvent<ToApp>) => this.#receive(event));
  }

  /** From now on there is somebody to hear; what came before comes first. */
  listen(heard: (message: ToApp) => void): void {
    this.#heard = heard;
    this.#unheard.splice(0).forEach(heard);
  }

  tell(message: ToLoader): void {
    if (!this.framed) return;
    if (this.#parent === null) this.#untold.push(message);
    else parent.postMessage(message, this.#parent);
  }

  #receive(event: MessageEvent<ToApp>): void {
    if (event.source !== parent || !this.#origins.includes(event.origin)) return;
    this.#parent = event.origin;
    this.#untold.splice(0).forEach((message) => this.tell(message));
    if (this.#heard) this.#heard(event.data);
    else this.#unheard.push(event.data);
  }
}
