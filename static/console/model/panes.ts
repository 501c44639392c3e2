/** Widths of the console's two sides: within what can be read, remembered per browser. */

export interface Widths {
  readonly list: number;
  readonly details: number;
}

export const FIRST_WIDTHS: Widths = { list: 360, details: 320 };

const BOUNDS: Readonly<Record<keyof Widths, readonly [least: number, most: number]>> = {
  list: [280, 960],
  details: [260, 520],
};
/** The chat keeps at least this much. */
const CHAT = 360;

/** The width a side may have when the window is this wide and the other side as it is. */
export function clamp(side: keyof Widths, width: number, widths: Widths, room: number): number {
  const [least, most] = BOUNDS[side];
  const other = side === "list" ? widths.details : widths.list;
  return Math.round(Math.max(least, Math.min(width, most, room - other - CHAT)));
}

/** What was remembered, or the first widths where it makes no sense. */
export function remembered(stored: string | null): Widths {
  try {
    const { list, details } = JSON.parse(stored ?? "") as Partial<Widths>;
    if (Number.isFinite(list) && Number.isFinite(details)) return { list: list as number, details: details as number };
  } catch {
    // nothing, or not ours: fall through to the first widths
  }
  return FIRST_WIDTHS;
}
