/** A search result's text, cut into what matched and what did not. */

const OPEN = "\ue000";
const CLOSE = "\ue001";

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** Markers that do not pair are taken as what they are: text of somebody else, shown without the marker. */
export function pieces(snippet: string): Piece[] {
  const found: Piece[] = [];
  let hit = false;
  for (const part of snippet.split(/([\ue000\ue001])/)) {
    if (part === OPEN) hit = true;
    else if (part === CLOSE) hit = false;
    else if (part) found.push({ text: part, hit });
  }
  return found;
}

/** `acme-12` typed into the search is a key: Enter goes straight there. */
export function isKey(query: string): boolean {
  return /^[\p{L}][\p{L}\p{N}]*-\d{1,12}$/u.test(query.trim());
}

/** Characters that count for the minimum: people's characters, not UTF-16 units. */
export function lengthOf(query: string): number {
  return [...query.trim()].length;
}
