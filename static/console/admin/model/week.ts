/**
 * What hours mean, for whoever writes them: as server/domain/schedule.py reckons, on the clocks of the zone, and without
 * its care for the two nights in which clocks change.
 */
import type { ExceptionalDays, Hours } from "../../../shared/protocol.d.ts";

export const DAY = 1_440;
const WEEK = 7 * DAY;
const LONGEST_DAYS = 400;

export interface Timetable {
  readonly time_zone: string;
  readonly hours: readonly Hours[];
  readonly exceptions: readonly ExceptionalDays[];
}

/** A day and a minute of it, on the clocks of a zone. */
export interface Moment {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly minute: number;
}

export interface Standing {
  readonly open: boolean;
  /** When it becomes the other; null: not within a year. */
  readonly until: Moment | null;
}

export function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** 0 is Monday. */
export function weekday(day: string): number {
  return (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;
}

export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** What the clocks of a zone show; null: there is no such zone. */
export function clocks(at: number, zone: string): Moment | null {
  try {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" }).formatToParts(at);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
    return { day: `${part("year")}-${part("month")}-${part("day")}`, minute: Number(part("hour")) * 60 + Number(part("minute")) };
  } catch {
    return null;
  }
}

/** Whether it is open, and until when. */
export function standing(timetable: Timetable, now: Moment): Standing {
  let open: boolean | null = null;
  for (let ahead = 0; ahead < LONGEST_DAYS; ahead++) {
    const day = dayAfter(now.day, ahead);
    const spans = openings(timetable, day);
    const from = ahead === 0 ? now.minute : 0;
    open ??= spans.some(([begins, ends]) => begins <= from && from < ends);
    const minute = change(spans, from, open);
    if (minute !== null) return { open, until: { day, minute } };
  }
  return { open: open ?? false, until: null };
}

/** The first minute of a day from `from` on at which it is not what it was. */
function change(spans: readonly Span[], from: number, open: boolean): number | null {
  if (!open) return spans.find(([, ends]) => ends > from)?.[0] ?? null;
  const inside = spans.find(([begins, ends]) => begins <= from && from < ends);
  if (!inside) return from;
  return inside[1] < DAY ? inside[1] : null;
}

type Span = readonly [begins: number, ends: number];

/** The openings of a day, in order, those that touch made one. */
export function openings({ hours, exceptions }: Pick<Timetable, "hours" | "exceptions">, day: string): Span[] {
  const exceptional = exceptions.find((days) => holds(days, day));
  const spans = exceptional
    ? exceptional.spans.map((span): Span => [minutes(span.from_time), minutes(span.to_time)])
    : ofWeekday(hours, weekday(day));
  return joined(spans);
}

/** What weekly hours mean for one day of the week: nights and whole weekends are cut at midnight. */
export function ofWeekday(hours: readonly Hours[], day: number): Span[] {
  return joined(hours.flatMap((entry) => [part(entry, day, 0), part(entry, day, 1)]));
}

function part(entry: Hours, day: number, weeksAgo: number): Span {
  const from = entry.from_day * DAY + minutes(entry.from_time);
  const apart = entry.to_day * DAY + minutes(entry.to_time) - from;
  const long = apart === 0 || apart === WEEK ? apart : (apart + WEEK) % WEEK;
  const begins = from - day * DAY - weeksAgo * WEEK;
  return [Math.max(begins, 0), Math.min(begins + long, DAY)];
}

function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const [begins, ends] of spans.filter(([from, to]) => from < to).toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && begins <= last[1]) found[found.length - 1] = [last[0], Math.max(last[1], ends)];
    else found.push([begins, ends]);
  }
  return found;
}

function holds({ first, last, every_year }: ExceptionalDays, day: string): boolean {
  if (!every_year) return first <= day && day <= last;
  const [today, from, to] = [day.slice(5), first.slice(5), last.slice(5)];
  const overNewYear = first.slice(0, 4) !== last.slice(0, 4);
  return overNewYear ? from <= today || today <= to : from <= today && today <= to;
}
