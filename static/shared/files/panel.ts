/** The panel in which files are chosen: first what may be sent, then the ways to it. */

import { html, nothing } from "lit";
import type { UploadPolicy } from "../protocol.d.ts";
import { t } from "./texts.ts";
import { sizes, whyNot } from "./words.ts";

export type Way = "files" | "camera" | "gallery";

export interface Panel {
  readonly policy: UploadPolicy | null;
  /** Why what may be sent cannot be known. */
  readonly problem: string | null;
  readonly lookFirst: boolean;
  readonly choose: (way: Way) => void;
  readonly setLookFirst: (on: boolean) => void;
  /** The picture is to be taken with another device. */
  readonly usePhone: () => void;
}

/** A finger has no files at hand, but a camera. */
const TOUCH = "(pointer: coarse)";

export function panel(given: Panel) {
  const { policy, problem } = given;
  if (problem !== null) return html`<p class="problem" role="alert">${problem}</p>`;
  if (policy === null) return html`<p role="status">${t("files.loading")}</p>`;
  if (!policy.may_send || policy.types.length === 0) return html`<p>${whyNot(policy.why_not ?? "")}</p>`;
  const touch = matchMedia(TOUCH).matches;
  return html`<div class="ways">
      ${ways(policy, touch).map(
        (way, index) => html`<button class=${index === 0 ? "primary" : ""} @click=${() => given.choose(way)}>
          <dw-icon name=${ICONS[way]}></dw-icon>${t(WORDS[way])}
        </button>`,
      )}
      ${touch
        ? nothing
        : html`<button @click=${given.usePhone}><dw-icon name="phone"></dw-icon>${t("files.phone")}</button>`}
    </div>
    <p>${t("files.allowed", { types: policy.types.join(" ") })}<br />${sizes(policy)}</p>
    ${touch ? nothing : html`<p>${t("files.or_drop")}</p>`}
    ${pictures(policy) ? lookFirst(given) : nothing}`;
}

const ICONS = { files: "clip", camera: "camera", gallery: "picture" } as const;
const WORDS = { files: "files.choose", camera: "files.camera", gallery: "files.gallery" } as const;

function ways(policy: UploadPolicy, touch: boolean): Way[] {
  if (!touch) return ["files"];
  const others = policy.accept.split(",").some((type) => type.includes("/") && !type.startsWith("image/"));
  return [...(pictures(policy) ? (["camera", "gallery"] as const) : []), ...(others ? (["files"] as const) : [])];
}

/** For `accept` of a field that is to open the camera or the gallery; empty where no pictures are taken. */
export function pictures({ accept }: UploadPolicy): string {
  return accept.split(",").filter((type) => type.startsWith("image/")).join(",");
}

function lookFirst({ lookFirst, setLookFirst }: Panel) {
  return html`<label class="look">
    <input type="checkbox" .checked=${lookFirst} @change=${(event: Event) => setLookFirst((event.target as HTMLInputElement).checked)} />
    ${t("files.look_first")}
  </label>`;
}
