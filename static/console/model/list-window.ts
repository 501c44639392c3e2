/** Which rows of a long list are drawn, and where. Rows have one height, so all of it is arithmetic. */

/** Rows drawn beyond each edge of what is visible, so that scrolling shows rows and not gaps. */
export const OVERSCAN = 8;

/**
 * Browsers stop counting pixels at about 17.8 million (Firefox) and 33.5 million (Chromium); 50,000 rows of 56 px are
 * 2.8 million. Lists beyond this are drawn up to here; search and sorting reach the rest.
 */
export const MOST_ROWS = 250_000;

export interface Window {
  readonly first: number;
  /** Not included. */
  readonly last: number;
}

/** The slots to draw for this scroll position. */
export function windowOf(scrollTop: number, viewport: number, rowHeight: number, total: number): Window {
  const rows = Math.min(total, MOST_ROWS);
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
  const last = Math.min(rows, Math.ceil((scrollTop + viewport) / rowHeight) + OVERSCAN);
  return { first: Math.min(first, last), last };
}

/** Where to scroll so that a slot is wholly visible: not at all when it already is. */
export function scrollTo(slot: number, scrollTop: number, viewport: number, rowHeight: number): number {
  const top = slot * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewport) return top + rowHeight - viewport;
  return scrollTop;
}

/** The slot a key moves to from here, or null where the key does not move. */
export function slotAfter(key: string, slot: number | null, total: number, viewportRows: number): number | null {
  if (total === 0) return null;
  const last = Math.min(total, MOST_ROWS) - 1;
  const from = slot ?? -1;
  const page = Math.max(1, viewportRows - 1);
  switch (key) {
    case "j":
    case "ArrowDown":
      return Math.min(last, from + 1);
    case "k":
    case "ArrowUp":
      return slot === null ? last : Math.max(0, from - 1);
    case "PageDown":
      return Math.min(last, Math.max(0, from) + page);
    case "PageUp":
      return Math.max(0, from - page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
