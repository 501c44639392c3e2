/** How each kind of row of a transcript is drawn. User text goes through text bindings only. */

import { html, nothing, type TemplateResult } from "lit";
import { emit } from "./emit.ts";
import { codeText } from "./error-text.ts";
import { language, t } from "./i18n.ts";
import "./icon.ts";
import { splitLinks } from "./links.ts";
import { shownName } from "./people.ts";
import type { FileSent } from "./protocol.d.ts";
import type { Bubble, Delivery, Row } from "./rows.ts";
import { serverNow } from "./server-time.ts";
import type { Reading } from "./translation/readings.ts";
import type { Words } from "./system-text.ts";
import { clock, day, exact } from "./time.ts";
import type { Side } from "./transcript.ts";

const ICONS: Readonly<Record<Delivery, string>> = {
  queued: "clock",
  sending: "clock",
  sent: "check",
  read: "read",
  failed: "alert",
};

/**
 * `side` reads; `me` is the reading technician, whose own name need not stand above what he wrote; `reading`: what is read
 * of a message in another language.
 */
export function rowTemplate(row: Row, side: Side, me: string | null, words: Words, reading?: Reading): TemplateResult {
  switch (row.row) {
    case "bubble":
      return bubble(row, row.first && (!row.own || (side === "technician" && row.author?.id !== me)), reading);
    case "system":
      return html`<p class="system" title=${exact(row.event.at, language())}>
        ${words(row.event, side)} · ${clock(row.event.at, language())}
      </p>`;
    case "new":
      return separator("new", t("transcript.new"));
    case "day":
      return separator("day", day(row.at, serverNow(), language()));
  }
}

function separator(kind: string, text: string) {
  return html`<div class="separator ${kind}" role="separator"><span>${text}</span></div>`;
}

function bubble(row: Bubble, named: boolean, reading: Reading | undefined) {
  return html`<div class="bubble ${row.own ? "own" : "other"} ${row.first ? "first" : ""} ${row.last ? "last" : ""}">
    ${named && row.author ? html`<span class="name">${shownName(row.author.name)}</span>` : nothing}
    ${row.note && row.first ? html`<span class="name">${t("transcript.note")}</span>` : nothing}
    ${row.file
      ? fileCard(row.file)
      : html`<div class="text ${row.note ? "note" : ""} ${row.delivery ?? ""}" dir="auto">${said(row.text, reading)}</div>`}
    ${row.last || row.delivery ? meta(row) : nothing}
  </div>`;
}

/** In another language it is drawn by what is loaded with the first translation. */
function said(text: string, reading: Reading | undefined) {
  return reading ? html`<dw-said .text=${text} .reading=${reading}></dw-said>` : linked(text);
}

/** Drawn by what is loaded with the first of them; how high its picture will be is known before. */
function fileCard(event: FileSent) {
  const { thumbnail, height, width } = event.file;
  return html`<dw-file .event=${event} .style=${`--h:${thumbnail && height && width ? height / width : 0}`}></dw-file>`;
}

function meta({ at, delivery, item }: Bubble) {
  const iso = new Date(at).toISOString();
  return html`<div class="meta">
    <time datetime=${iso} title=${exact(at, language())}>${clock(at, language())}</time>
    ${delivery
      ? html`<span class="delivery ${delivery}"><dw-icon name=${ICONS[delivery]}></dw-icon>${t(`message.${delivery}`)}</span>`
      : nothing}
    ${delivery === "failed" && item
      ? html`<span class="why">${codeText(item.reason ?? "") ?? t("message.failed_other")}</span>
          ${act("retry", item.client_id)} ${act("discard", item.client_id)}`
      : nothing}
  </div>`;
}

function act(action: "retry" | "discard", client_id: string) {
  const fire = (event: Event): void => emit(event.currentTarget as EventTarget, action, client_id);
  return html`<button class="link" @click=${fire}>${t(`message.${action}`)}</button>`;
}

export function linked(text: string) {
  return splitLinks(text).map((piece) =>
    typeof piece === "string"
      ? piece
      : html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>`,
  );
}
