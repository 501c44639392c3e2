/**
 * What people read of messages that were written in another language. Pure: a transcript and who reads it in, for each
 * message the translation that counts, or why there is none, out.
 */

import type { CustomerTicket, Details, Lang, Message, Translation, WhyNot } from "../protocol.d.ts";
import { keyOf } from "../rows.ts";
import type { Line, Side, Transcript } from "../transcript.ts";

export type Reached = Readonly<Record<Lang, readonly Lang[]>>;

/** Who reads, and who writes. */
export interface Situation {
  readonly side: Side;
  /** The reading technician. */
  readonly me: string | null;
  /** What the reader reads and writes, and what the other side does; null: not known. */
  readonly mine: Lang | null;
  readonly theirs: Lang | null;
  /** Whether messages in this ticket are translated. */
  readonly translates: boolean;
  /** Into which languages something can be translated now, from each. */
  readonly possible: Reached;
  /** The reader wants to see originals beside their translations. */
  readonly both: boolean;
}

/**
 * same: nothing had to be translated. waiting: a translation is on its way; late: it should have come. done: here it is.
 * not: there will be none.
 */
export type State = "same" | "waiting" | "late" | "done" | "not";

/** Why there is no translation though one was wanted. */
export type Reason = Exclude<WhyNot, "same_language" | "nothing_to_translate">;

export interface Reading {
  readonly state: State;
  /** The language of the original, as far as it is known, and the one into which. */
  readonly from: Lang | null;
  readonly into: Lang;
  /** The translation, when it is done. */
  readonly text: string;
  /** By way of this language. */
  readonly via: Lang | null;
  readonly reason: Reason | null;
  /** The reader's own message: the translation is what the other side reads. */
  readonly own: boolean;
  readonly both: boolean;
}

/** A translation takes a second or two; what has not come after this time is late. */
export const LATE_MS = 60_000;
/** Who has been told for as long as this that something is late knows. */
export const OLD_MS = 600_000;

export function customersSituation({ language, reader, translates }: CustomerTicket, possible: Reached): Situation {
  return { side: "customer", me: null, mine: language, theirs: reader, translates, possible, both: false };
}

export function techniciansSituation(
  { language, translates }: Details,
  me: { readonly id: string; readonly language: Lang | null },
  possible: Reached,
  both: boolean,
): Situation {
  return { side: "technician", me: me.id, mine: me.language, theirs: language, translates, possible, both };
}

/** The language of a tag without its region: fr of fr-CA. */
export function base(tag: Lang): Lang {
  return tag.split("-")[0] ?? tag;
}

export function differ(a: Lang | null, b: Lang | null): boolean {
  return a !== null && b !== null && base(a) !== base(b);
}

/** All languages from or into which something can be translated. */
export function known(possible: Reached): Lang[] {
  return [...new Set([...Object.keys(possible), ...Object.values(possible).flat()])];
}

/** Whether what is written in `from` now will be there in `into`: the way back may not exist. */
export function willTranslate(translates: boolean, possible: Reached, from: Lang | null, into: Lang | null): boolean {
  return translates && from !== null && into !== null && differ(from, into) && !!possible[base(from)]?.includes(base(into));
}

/** All messages whose languages are known, by the keys of their rows. */
export function readings(transcript: Transcript<unknown>, situation: Situation, now: number): ReadonlyMap<string, Reading> {
  const made = newest(transcript.translations);
  const found = transcript.lines.flatMap(({ event }) => {
    const reading = event.kind === "message" ? readingOf(event, made, situation, now) : null;
    return reading === null ? [] : [[keyOf(event), reading] as const];
  });
  return new Map(found);
}

/** What a machine made of the ticket's subject; null: nothing. */
export function subjectIn(lang: Lang | null, { translations }: Transcript<unknown>): Translation | null {
  const made = lang === null ? undefined : newest(translations).get(address(null, lang));
  return made?.state === "done" ? made : null;
}

/** In how many milliseconds one of these readings changes by itself; null: none does. */
export function nextChange(lines: readonly Line[], found: ReadonlyMap<string, Reading>, now: number): number | null {
  const moments = lines.flatMap(({ event }) => {
    const state = found.get(keyOf(event))?.state;
    return state === "waiting" ? event.at + LATE_MS : state === "late" ? event.at + OLD_MS : [];
  });
  // not longer, even if a clock was put back: timers that are set for weeks ring at once, again and again
  return moments.length === 0 ? null : Math.min(OLD_MS, Math.max(1, Math.min(...moments) - now));
}

type Made = ReadonlyMap<string, Translation>;

/** Of several of the same message into the same language the last one counts. */
function newest(translations: readonly Translation[]): Made {
  return new Map(translations.map((one) => [address(one.of, one.lang), one]));
}

function address(of: string | null, into: Lang): string {
  return `${of ?? ""} ${base(into)}`;
}

function readingOf(message: Message, made: Made, situation: Situation, now: number): Reading | null {
  const { from, into, own } = way(message, situation);
  if (into === null) return null;
  const plain: Reading = { state: "same", from, into, text: "", via: null, reason: null, own, both: situation.both };
  const translation = made.get(address(message.id, into));
  if (translation) return { ...plain, ...result(translation, from) };
  const age = now - message.at;
  // of what was written long ago nobody can tell whether it ever had to be translated
  if (!willTranslate(situation.translates, situation.possible, from, into) || age >= OLD_MS) return plain;
  return { ...plain, state: age < LATE_MS ? "waiting" : "late" };
}

interface Way {
  readonly from: Lang | null;
  readonly into: Lang | null;
  readonly own: boolean;
}

/** From which language into which somebody's message goes. A colleague's language is not known. */
function way({ author }: Message, { side, me, mine, theirs }: Situation): Way {
  if (author.role === "system") return { from: null, into: mine, own: false };
  if (author.role !== side) return { from: theirs, into: mine, own: false };
  if (side === "customer") return { from: mine, into: mine, own: true };
  return author.id === me ? { from: mine, into: theirs, own: true } : { from: null, into: mine, own: false };
}

function result({ state, source, text, via, reason }: Translation, from: Lang | null): Partial<Reading> {
  if (state === "done") return { state: "done", from: source ?? from, text, via };
  if (reason === "same_language" || reason === "nothing_to_translate") return { from: source ?? from };
  return { state: "not", reason: reason ?? "engine" };
}
