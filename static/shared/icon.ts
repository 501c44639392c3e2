/** `<dw-icon name>`: our own drawings, strokes on a grid of 24. Decoration only: the word stands beside it or in a label. */

import { LitElement, css, svg, html } from "lit";

const drawings: Record<string, string> = {
  alert: "M12 8v5m0 3.5v.01M12 3 2.5 20h19z",
  check: "m5 12.5 4.5 4.5L19 7",
  clock: "M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  clip: "m20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14m-6-6 6 6 6-6",
  more: "M12 5.5a.5.5 0 1 1 0-1 .5.5 0 0 1 0 1zm0 7a.5.5 0 1 1 0-1 .5.5 0 0 1 0 1zm0 7a.5.5 0 1 1 0-1 .5.5 0 0 1 0 1z",
  read: "m2 12.5 4.5 4.5L15 8m-3.5 7.5L13 17l9-9",
  send: "M4 12 20 4l-5 16-3.5-6.5zM11.5 13.5 20 4",
  verified: "m8.5 12 2.5 2.5L16 9M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
};

/** Adds a page's own drawings: name -> path. */
export function addIcons(more: Readonly<Record<string, string>>): void {
  Object.assign(drawings, more);
}

export class Icon extends LitElement {
  static override properties = { name: {} };
  declare name: string;

  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      width: 1.25em;
      height: 1.25em;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentcolor;
      stroke-width: 2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `;

  override render() {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${drawings[this.name] ?? ""}></path>`}</svg>`;
  }
}

customElements.define("dw-icon", Icon);

declare global {
  interface HTMLElementTagNameMap {
    "dw-icon": Icon;
  }
}
