/** Canned replies: which are found, in which language they speak, what is filled in. Pure. */
import type { CannedReply } from "../../shared/protocol.d.ts";

export interface Group {
  readonly category: string;
  readonly replies: readonly CannedReply[];
}

/** Those with all the words in category, title or text, in the order in which they came; by category. */
export function found(replies: readonly CannedReply[], words: string): Group[] {
  const wanted = plain(words).split(" ").filter(Boolean);
  const groups = new Map<string, CannedReply[]>();
  for (const reply of replies) {
    const all = plain([reply.category, reply.title, ...Object.values(reply.texts)].join(" "));
    if (!wanted.every((word) => all.includes(word))) continue;
    groups.set(reply.category, [...(groups.get(reply.category) ?? []), reply]);
  }
  return [...groups].map(([category, some]) => ({ category, replies: some }));
}

/** In the first of these languages in which there is a text; else in any, which the translation makes up for. */
export function textIn(reply: CannedReply, langs: readonly (string | null)[]): string {
  for (const lang of langs) {
    const text = lang === null ? undefined : (reply.texts[lang] ?? reply.texts[lang.split("-")[0] ?? ""]);
    if (text !== undefined) return text;
  }
  return Object.values(reply.texts)[0] ?? "";
}

/** In one go: what is filled in may look like a placeholder itself. What nobody knows stays as it is, to be seen. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
}
