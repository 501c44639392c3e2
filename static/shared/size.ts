/** How large something is, for people. */

import { language } from "./i18n.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** 3 kB, 2.4 MB: as file managers count, 1,024 of each. */
export function size(bytes: number, tag = language()): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  const digits = power > 1 && amount < 10 ? 1 : 0;
  return new Intl.NumberFormat(tag, { style: "unit", unit: UNITS[power] ?? "byte", unitDisplay: "short", maximumFractionDigits: digits }).format(amount);
}
