/** Times as people read them, by Intl in the language of the page. All times are milliseconds since 1970. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formatters = new Map<string, Intl.DateTimeFormat>();
const durations = new Map<string, Intl.NumberFormat>();

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(regional(language), options);
  formatters.set(key, made);
  return made;
}

/** The browser's own form of the page's language: who reads British English writes 14:05, not 2:05 PM. */
export function regional(language: string): string {
  return globalThis.navigator?.languages?.find((tag) => tag.startsWith(`${language}-`)) ?? language;
}

/** 14:05 */
export function clock(at: number, language: string): string {
  return formatter(language, { timeStyle: "short" }).format(at);
}

/** Tuesday, 3 March 2026 at 14:05:09: for titles and screen readers. */
export function exact(at: number, language: string): string {
  return formatter(language, { dateStyle: "full", timeStyle: "medium" }).format(at);
}

/** Whether both times are on the same day where the reader is. */
export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** today, yesterday, Tuesday 3 March, 3 March 2025 */
export function day(at: number, now: number, language: string): string {
  if (sameDay(at, now)) return daysAgo(0, language);
  if (sameDay(at, now - DAY)) return daysAgo(1, language);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const options = { day: "numeric", month: "long" } as const;
  return formatter(language, sameYear ? { weekday: "long", ...options } : { ...options, year: "numeric" }).format(at);
}

function daysAgo(days: number, language: string): string {
  const text = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** 40 sec, 2 min, 3 hr, 5 days: how long something has lasted. A clock that runs ahead never gives a negative time. */
export function lasting(ms: number, language: string): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["second", 1_000];
  const key = `${language} ${unit}`;
  const format = durations.get(key) ?? new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" });
  durations.set(key, format);
  return format.format(Math.max(0, Math.floor(ms / size)));
}

const UNITS = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
] as const;
