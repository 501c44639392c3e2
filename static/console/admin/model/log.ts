/** The log of changes as far as it was read: newest first, without a hole, whichever answer comes first. */
import type { Change, Changes } from "../../../shared/protocol.d.ts";

export interface Log {
  readonly changes: readonly Change[];
  /** There are older ones. */
  readonly more: boolean;
}

/** With an answer beside what is known; `before` is the line before which it was asked for, null: the newest. */
export function joined(known: Log, { changes, more }: Changes, before: number | null): Log {
  const [newestKnown, oldestKnown] = [known.changes[0]?.id ?? 0, known.changes.at(-1)?.id ?? 0];
  const oldest = changes.at(-1)?.id ?? 0;
  // the list began anew while older ones were on their way: they would not follow what is shown
  if (before !== null && before !== oldestKnown) return known;
  // more has happened since than one answer holds
  if (before === null && newestKnown < oldest) return { changes, more };
  const all = new Map([...known.changes, ...changes].map((change) => [change.id, change]));
  return {
    changes: [...all.values()].toSorted((a, b) => b.id - a.id),
    more: oldestKnown === 0 || oldest < oldestKnown ? more : known.more,
  };
}
