/** The cards of files that are on their way. */

import { html, nothing } from "lit";
import type { UploadPolicy } from "../protocol.d.ts";
import { size } from "../size.ts";
import type { Item, State } from "./items.ts";
import { t, type Key } from "./texts.ts";
import { standing } from "./words.ts";

/** What a person can do with a card. */
export interface Acts {
  readonly send: (item: Item) => void;
  readonly edit: (item: Item) => void;
  readonly retry: (item: Item) => void;
  readonly again: (item: Item) => void;
  readonly cancel: (item: Item) => void;
  /** Address of the picture on its card, while there is one. */
  readonly preview: (item: Item) => string | null;
}

const OVER: readonly State[] = ["failed", "refused", "lost"];

export function tray(items: readonly Item[], policy: UploadPolicy | null, acts: Acts) {
  if (items.length === 0) return nothing;
  const ready = items.filter(({ state }) => state === "ready");
  return html`<ul class="tray" aria-label=${t("files.list")}>
      ${items.map((item) => html`<li class="card ${item.state}">${card(item, policy, acts)}</li>`)}
    </ul>
    ${ready.length > 1
      ? html`<button class="primary all" @click=${() => ready.forEach(acts.send)}>
          ${t("files.send_all", { n: ready.length })}
        </button>`
      : nothing}`;
}

function card(item: Item, policy: UploadPolicy | null, acts: Acts) {
  const preview = acts.preview(item);
  const over = OVER.includes(item.state);
  return html`${preview ? html`<img class="face" src=${preview} alt="" />` : html`<span class="face">${ending(item.name)}</span>`}
    <div class="about">
      <p class="name" title=${item.name} dir="auto">${item.name}</p>
      <p class="state" role=${over ? "alert" : nothing}>${over ? "" : `${size(item.size)} · `}${standing(item, policy)}</p>
      ${item.state === "sending"
        ? html`<progress max=${item.size} .value=${item.sent} aria-label=${item.name}></progress>`
        : nothing}
    </div>
    <div class="acts">${actions(item, acts)}</div>`;
}

function actions(item: Item, acts: Acts) {
  const dismiss = act(item, OVER.includes(item.state) ? "files.dismiss" : "files.cancel", acts.cancel, "close");
  switch (item.state) {
    case "ready":
      return html`${act(item, "files.edit", acts.edit)}${act(item, "files.send", acts.send, null, true)}${dismiss}`;
    case "failed":
      return html`${act(item, "files.retry", acts.retry)}${dismiss}`;
    case "lost":
      return html`${act(item, "files.again", acts.again)}${dismiss}`;
    default:
      return dismiss;
  }
}

/** Of several cards each button says which file it means. */
function act(item: Item, key: Key, run: (item: Item) => void, icon: string | null = null, primary = false) {
  const label = t("files.of", { action: t(key), name: item.name });
  const look = `${primary ? "primary" : "bare"} ${icon ? "icon" : ""}`;
  return html`<button class=${look} aria-label=${label} title=${icon ? t(key) : nothing} @click=${() => run(item)}>
    ${icon ? html`<dw-icon name=${icon}></dw-icon>` : t(key)}
  </button>`;
}

/** PDF, LOG: what stands in the place of a picture. */
export function ending(name: string): string {
  const found = /[^.]\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1] ?? "";
  return found.toUpperCase();
}
