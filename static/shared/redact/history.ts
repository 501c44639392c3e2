/** Steps back and forth. Pure. */

import type { Mark } from "./marks.ts";

type Marks = readonly Mark[];

export interface History {
  readonly past: readonly Marks[];
  readonly now: Marks;
  readonly future: readonly Marks[];
  /** What made the last step: twenty presses of an arrow key are one step, not twenty. */
  readonly by: string | null;
}

export const UNTOUCHED: History = { past: [], now: [], future: [], by: null };

export function changed(history: History, now: Marks, by: string | null = null): History {
  if (by !== null && by === history.by) return { ...history, now, future: [] };
  return { past: [...history.past, history.now], now, future: [], by };
}

export function undone(history: History): History {
  const now = history.past.at(-1);
  if (now === undefined) return history;
  return { past: history.past.slice(0, -1), now, future: [history.now, ...history.future], by: null };
}

export function redone(history: History): History {
  const [now, ...future] = history.future;
  if (now === undefined) return history;
  return { past: [...history.past, history.now], now, future, by: null };
}
