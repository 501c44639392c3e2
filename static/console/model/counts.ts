/** Tickets per view over all companies of this technician. */
import type { Counts, View } from "../../shared/protocol.d.ts";
import { LIMITS } from "../../shared/rules.ts";

/** Of every company one frame, the newest. */
export type CountsByCompany = ReadonlyMap<string, Counts>;

export function counted(counts: CountsByCompany, frame: Counts): CountsByCompany {
  return new Map(counts).set(frame.company, frame);
}

/** Only the companies that I still may see. */
export function within(counts: CountsByCompany, companies: readonly string[]): CountsByCompany {
  return new Map([...counts].filter(([company]) => companies.includes(company)));
}

/** The number on a view's tab; null while nothing is known. `more`: at least one company stopped counting. */
export function countOf(counts: CountsByCompany, view: View): { readonly count: number; readonly more: boolean } | null {
  if (counts.size === 0) return null;
  let sum = 0;
  for (const frame of counts.values()) sum += frame[view];
  const cap = view === "all" || view === "completed" ? LIMITS.COUNT_CAP : LIMITS.OPEN_COUNT_CAP;
  return { count: Math.min(sum, cap), more: sum > cap };
}
