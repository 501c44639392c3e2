/** Shows while a file is dragged over the page where it may be dropped. What is dropped is the door's to take. */

import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { t } from "./texts.ts";

/** While something is dragged over the page, the browser says so several times a second. */
const DRAGGED_MS = 700;

export class Dragging implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("dragover", this.#heard);
  }

  hostDisconnected(): void {
    removeEventListener("dragover", this.#heard);
    this.leave();
  }

  readonly #heard = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files")) this.enter();
  };

  enter(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.leave(), DRAGGED_MS);
    this.#set(true);
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#set(false);
  }

  #set(over: boolean): void {
    if (over === this.#over) return;
    this.#over = over;
    this.#host.requestUpdate();
  }

  /** Over this element; the file that is dropped on it falls through to the page. */
  cloth(on: Element) {
    if (!this.#over) return nothing;
    const { left, top, width, height } = on.getBoundingClientRect();
    const where = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    return html`<div class="cloth" .style=${where}><p>${t("files.drop")}</p></div>`;
  }
}
