/** The widths of a page's two sides: as custom properties on the host, remembered in this browser. */
import type { LitElement, ReactiveController } from "lit";
import { recall, remember } from "../../shared/storage.ts";
import { clamp, remembered, type Widths } from "../model/panes.ts";

const KEY = "console.widths";
const RAIL_PX = 52;

export class Sides implements ReactiveController {
  widths: Widths = remembered(recall(KEY));
  readonly #host: LitElement;

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#host.style.setProperty("--list", `${this.widths.list}px`);
    this.#host.style.setProperty("--details", `${this.widths.details}px`);
  }

  /** A listener for the splitter of this side; `direction` -1 where pulling to the left makes it wider. */
  resize(side: keyof Widths, direction: 1 | -1) {
    return (event: CustomEvent<number>): void => {
      const wanted = this.widths[side] + event.detail * direction;
      this.widths = { ...this.widths, [side]: clamp(side, wanted, this.widths, innerWidth - RAIL_PX) };
      remember(KEY, JSON.stringify(this.widths));
      this.#host.requestUpdate();
    };
  }
}
