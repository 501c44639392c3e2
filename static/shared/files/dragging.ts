/**
 * Shows while a file is dragged over the page where it may be dropped; a picture also where it can be edited before it is
 * sent. What is dropped is the door's to take.
 */

import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { t, type Key } from "./texts.ts";

/** While something is dragged over the page, the browser says so several times a second. */
const DRAGGED_MS = 700;

export class Dragging implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #over = false;
  #pictures = false;
  #at = 0;
  #middle = Infinity;
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

  readonly #heard = ({ dataTransfer, clientY }: DragEvent): void => {
    if (!dataTransfer?.types.includes("Files")) return;
    this.#pictures = [...dataTransfer.items].some(({ type }) => type.startsWith("image/"));
    this.#at = clientY;
    this.#host.requestUpdate();
    this.enter();
  };

  /** Over the place for those who want to edit. */
  get edits(): boolean {
    return this.#over && this.#at > this.#middle;
  }

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

  /** Over this element; the file that is dropped on it falls through to the page. `look`: all pictures wait to be edited. */
  cloth(on: Element, look: boolean) {
    if (!this.#over) return nothing;
    const { left, top, width, height } = on.getBoundingClientRect();
    const where = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    const places: readonly Key[] = !this.#pictures ? ["files.drop"] : look ? ["files.drop_look"] : ["files.drop", "files.drop_look"];
    this.#middle = places.length > 1 ? top + height / 2 : Infinity;
    return html`<div class="cloth" .style=${where}>
      ${places.map((key, low) => html`<p class=${places.length < 2 || this.edits === (low > 0) ? "here" : ""}>${t(key)}</p>`)}
    </div>`;
  }
}
