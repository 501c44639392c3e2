/** How marks are shown over the picture so that they can be taken hold of: SVG in pixels of the picture. */

import { nothing, svg } from "lit";
import { box, frame, gripPoint, grips, type Box, type Mark, type Size } from "./marks.ts";
import { t } from "./texts.ts";

const GRIP_PX = 6;
/** A finger. */
const REACH_PX = 22;
const LEAST_REACH_PX = 10;

/** What a crop cuts away. */
export function cutAway(marks: readonly Mark[], { width, height }: Size) {
  const kept = frame(marks, { width, height });
  if (kept.width === width && kept.height === height) return nothing;
  return svg`<path class="cut" fill-rule="evenodd" d="M0 0h${width}v${height}h${-width}z${outline(kept)}"></path>`;
}

/** A mark as a button: chosen by a press or by Tab, then moved. */
export function shape(mark: Mark, chosen: boolean, choose: () => void) {
  const { kind, id, a, b } = mark;
  const path = kind === "arrow" ? `M${a.x} ${a.y}L${b.x} ${b.y}` : outline(box(mark));
  return svg`<g
    class="mark ${kind} ${chosen ? "chosen" : ""}"
    data-mark=${id}
    role="button"
    tabindex="0"
    aria-label=${described(mark)}
    aria-pressed=${chosen}
    @focus=${choose}
  >
    <path class="hit" d=${path}></path>
    <path class="ring" d=${path}></path>
  </g>`;
}

/** The corners of the chosen mark, above everything. On a small mark they leave room for its middle, by which it is moved. */
export function corners(mark: Mark, scale: number) {
  const { width, height } = box(mark);
  const reach = Math.min(REACH_PX, Math.max(LEAST_REACH_PX, (Math.max(width, height) * scale) / 4));
  return svg`<g class="grips ${mark.kind}" data-mark=${mark.id}>
    ${grips(mark).map((grip) => {
      const { x, y } = gripPoint(mark, grip);
      return svg`<circle class="hit" data-grip=${grip.join("")} cx=${x} cy=${y} r=${reach / scale}></circle>
        <circle class="grip" cx=${x} cy=${y} r=${GRIP_PX / scale}></circle>`;
    })}
  </g>`;
}

function described(mark: Mark): string {
  const what = t(`redact.${mark.kind}`);
  if (mark.kind === "arrow") {
    return t("redact.arrow_mark", { what, x: Math.round(mark.b.x), y: Math.round(mark.b.y) });
  }
  return t("redact.mark", { what, ...box(mark) });
}

function outline({ x, y, width, height }: Box): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
