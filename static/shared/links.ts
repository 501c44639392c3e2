/** Finds links in what people write. Only http, https and mailto become links; everything else stays text. */

export interface Link {
  readonly href: string;
  readonly text: string;
}

const CANDIDATE = /\b(?:https?:\/\/|mailto:)[^\s<>"]+/gi;
const TRAILING = /[.,;:!?'"…»)\]}]+$/;

/** The text in order, cut into plain pieces and links. */
export function splitLinks(text: string): (string | Link)[] {
  const pieces: (string | Link)[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const candidate = withoutTrailing(match[0]);
    const href = safeHref(candidate);
    if (href === null) continue;
    if (match.index > from) pieces.push(text.slice(from, match.index));
    pieces.push({ href, text: candidate });
    from = match.index + candidate.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** The full stop after a link ends the sentence; a bracket that was opened inside the link belongs to it. */
function withoutTrailing(candidate: string): string {
  const trailing = TRAILING.exec(candidate)?.[0] ?? "";
  const bare = candidate.slice(0, candidate.length - trailing.length);
  return trailing.startsWith(")") && bare.includes("(") ? `${bare})` : bare;
}

function safeHref(candidate: string): string | null {
  try {
    const url = new URL(candidate);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
