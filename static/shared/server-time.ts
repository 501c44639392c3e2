/**
 * What time it is on the server. Times in frames are the server's, and clocks of devices are wrong by minutes or hours:
 * whatever lasts, waits or is late is told against this. Every answer over HTTP says what time it is there.
 */

/** That header has whole seconds, and was some time on its way: less than this is no wrong clock. */
const TOLERANCE_MS = 5_000;

/** By so much the server's clock is ahead of ours. */
let ahead = 0;

export function serverNow(): number {
  return Date.now() + ahead;
}

/** Learns from an answer that has just come, by its header Date. */
export function learnTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) < TOLERANCE_MS ? 0 : difference;
}
