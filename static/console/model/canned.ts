/** Canned replies: which are found, in which language they speak, what is filled in. Pure. */
import type { CannedReply, Lang } from "../../shared/protocol.d.ts";
import { base, differ, willTranslate, type Reached } from "../../shared/translation/readings.ts";

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

/** A reply in one of its languages. */
export interface Spoken {
  readonly lang: Lang;
  readonly text: string;
}

/** Who speaks to whom, and what becomes of it on the way. */
export interface Between {
  /** What the customer reads, as far as it is known. */
  readonly theirs: Lang | null;
  /** What I read. */
  readonly mine: Lang | null;
  /** Whether messages in this ticket are translated, and what can be translated into what now. */
  readonly translates: boolean;
  readonly possible: Reached;
}

export interface Choice {
  /** What goes into the field. */
  readonly sent: Spoken;
  /** The same in my language, where that is another one and there are words for it. */
  readonly meant: Spoken | null;
  /** Whether the customer reads it as it is, in a machine's words, or perhaps not at all. */
  readonly way: "same" | "translated" | "foreign";
}

/** In the customer's language where there are words for it, else in mine; else in any, best in one that can be translated. */
export function choice(reply: CannedReply, between: Between): Choice | null {
  const { theirs, mine, translates, possible } = between;
  const able = Object.keys(possible).filter((lang) => willTranslate(translates, possible, lang, theirs));
  const sent = [theirs, mine, ...able, ...Object.keys(reply.texts)].map((lang) => spokenIn(reply, lang)).find((one) => one !== null);
  if (!sent) return null;
  const meant = differ(mine, sent.lang) ? spokenIn(reply, mine) : null;
  const way = !differ(sent.lang, theirs) ? "same" : willTranslate(translates, possible, sent.lang, theirs) ? "translated" : "foreign";
  return { sent, meant, way };
}

function spokenIn({ texts }: CannedReply, tag: Lang | null): Spoken | null {
  for (const lang of tag === null ? [] : [tag, base(tag)]) {
    const text = texts[lang];
    if (text !== undefined) return { lang, text };
  }
  return null;
}

/** In one go: what is filled in may look like a placeholder itself. What nobody knows stays as it is, to be seen. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
}
