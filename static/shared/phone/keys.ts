/** Keys as people see and type them. Pure. */

/** Symbols of a key (server/desk/handover.py). */
export const KEY_CHARS = 8;

/** In two halves: four letters are as many as people keep in mind. */
export function shownKey(key: string): string {
  return `${key.slice(0, KEY_CHARS / 2)} ${key.slice(KEY_CHARS / 2)}`;
}

/** Letter by letter, for a voice. */
export function spokenKey(key: string): string {
  return [...key].join(" ");
}

/** What was typed, without blanks, dashes and the case; null where it is no whole key. */
export function typedKey(text: string): string | null {
  const key = text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
  return key.length === KEY_CHARS ? key : null;
}

/** 0:59 of a number of milliseconds; never less than 0:00. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whether a phone that opens it would find itself. */
export function onlyHere(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

/** The portal's page as it is reached from here, without https:// for somebody who types it, and with the key for a code. */
export function addresses(url: string, origin: string): { readonly typed: string; readonly scanned: string } {
  const { pathname, hash } = new URL(url);
  return { typed: `${new URL(origin).host}${pathname}`, scanned: `${origin}${pathname}${hash}` };
}
