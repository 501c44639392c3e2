/** The text of a notice on a page: nodes that Lit makes one by one, never a string of HTML. */

import { html } from "lit";
import { blocks, type Piece } from "./notice-text.ts";

export function noticeText(text: string) {
  return blocks(text).map(({ list, lines }) =>
    list
      ? html`<ul>
          ${lines.map((line) => html`<li>${line.map(piece)}</li>`)}
        </ul>`
      : html`<p>${lines.map((line, at) => html`${at > 0 ? html`<br />` : ""}${line.map(piece)}`)}</p>`,
  );
}

function piece({ text, bold, italic, href }: Piece) {
  const slanted = italic ? html`<em>${text}</em>` : text;
  const said = bold ? html`<strong>${slanted}</strong>` : slanted;
  return href === null ? said : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${said}</a>`;
}
