/** Session keys as technicians read them out, and how long they last. Pure. */
import { countdown } from "../../shared/phone/keys.ts";
import { lasting } from "../../shared/time.ts";

/** The words of the international radiotelephony alphabet: known on the telephone in every language. */
const SPOKEN: Readonly<Record<string, string>> = {
  A: "Alfa", B: "Bravo", C: "Charlie", D: "Delta", E: "Echo", F: "Foxtrot", G: "Golf", H: "Hotel", J: "Juliett", K: "Kilo",
  M: "Mike", N: "November", P: "Papa", Q: "Quebec", R: "Romeo", S: "Sierra", T: "Tango", U: "Uniform", V: "Victor",
  W: "Whiskey", X: "X-ray", Y: "Yankee", Z: "Zulu",
};

const HOUR = 60;
const DAY = 24 * HOUR;
export const LONGEST = 7 * DAY;

/** `K7MR-2XPD` -> Kilo 7 Mike Romeo, 2 X-ray Papa Delta. */
export function spelled(key: string): string {
  return key.split("-").map((half) => [...half].map((symbol) => SPOKEN[symbol] ?? symbol).join(" ")).join(", ");
}

/** What is offered: the portal's own first, then what people need, each once, in minutes. */
export function lives(own: number): number[] {
  return [...new Set([own, 10, HOUR, DAY, LONGEST])];
}

/** How long a key is still good; by the second only where seconds count. */
export function left(ms: number, language: string): string {
  return ms < HOUR * 60_000 ? countdown(ms) : lasting(ms, language);
}

/** A letter that the technician's own program sends. */
export function mailto(subject: string, body: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
