/**
 * The light markup of notices, as values: `**bold**`, `*italic*`, lists of lines that begin with `- `, `[words](https://…)`,
 * and addresses as they are. All else is plain text. Whatever is written, nothing but these nodes comes out of it. Pure.
 */

export interface Piece {
  readonly text: string;
  readonly bold: boolean;
  readonly italic: boolean;
  /** An address that is safe to go to. */
  readonly href: string | null;
}

type Line = readonly Piece[];

/** A paragraph of lines, or a list of items. */
export interface Block {
  readonly list: boolean;
  readonly lines: readonly Line[];
}

const MARKS = /\*\*(?<bold>\S|\S.*?\S)\*\*|\*(?<italic>[^*\s]|[^*\s][^*]*[^*\s])\*|\[(?<words>[^[\]]+)\]\((?<address>[^()\s]+)\)|(?<bare>https:\/\/[^\s<>"()[\]*]*[^\s<>"()[\]*.,;:!?'])/;
const PLAIN = { bold: false, italic: false, href: null };

export function blocks(text: string): Block[] {
  const found: { list: boolean; lines: Line[] }[] = [];
  let fresh = true;
  for (const line of text.split(/\r?\n/)) {
    const list = line.startsWith("- ");
    const last = found.at(-1);
    if (line.trim() === "") {
      fresh = true;
      continue;
    }
    const pieces = inline(list ? line.slice(2) : line, PLAIN);
    if (last && !fresh && last.list === list) last.lines.push(pieces);
    else found.push({ list, lines: [pieces] });
    fresh = false;
  }
  return found;
}

/** Marks may stand in each other; a mark without its end is text. */
function inline(text: string, look: Omit<Piece, "text">): Piece[] {
  const match = MARKS.exec(text);
  if (!match?.groups) return text === "" ? [] : [{ text, ...look }];
  const { bold, italic, bare = "", words = bare, address = bare } = match.groups;
  const before = inline(text.slice(0, match.index), look);
  const after = inline(text.slice(match.index + match[0].length), look);
  if (bold !== undefined) return [...before, ...inline(bold, { ...look, bold: true }), ...after];
  if (italic !== undefined) return [...before, ...inline(italic, { ...look, italic: true }), ...after];
  const href = safe(address);
  // an address that leads nowhere safe stays readable as what it is
  if (href === null || look.href !== null) return [...before, { text: match[0], ...look }, ...after];
  const link = bare ? [{ text: bare, ...look, href }] : inline(words, { ...look, href });
  return [...before, ...link, ...after];
}

function safe(address: string): string | null {
  if (!/^(https:\/\/|mailto:)/i.test(address)) return null;
  try {
    return new URL(address).href;
  } catch {
    return null;
  }
}
