/**
 * What this browser remembers. localStorage where it may be used, memory where not: a third-party iframe can be refused it
 * (SecurityError), private windows can be full from the start. Every key carries our prefix.
 */

const PREFIX = "deskwire:";
const memory = new Map<string, string>();

function attempt<T>(action: (storage: Storage) => T): T | undefined {
  try {
    return action(globalThis.localStorage);
  } catch {
    return undefined;
  }
}

/** The value, or null. What was kept in memory only is found as well. */
export function recall(key: string): string | null {
  return memory.get(key) ?? attempt((storage) => storage.getItem(PREFIX + key)) ?? null;
}

/** Keeps a value; the answer says whether it will survive this page. */
export function remember(key: string, value: string): boolean {
  const kept = attempt((storage) => {
    storage.setItem(PREFIX + key, value);
    return storage.getItem(PREFIX + key) === value;
  });
  if (kept) memory.delete(key);
  else memory.set(key, value);
  return kept === true;
}

export function forget(key: string): void {
  memory.delete(key);
  attempt((storage) => storage.removeItem(PREFIX + key));
}

/** All keys that begin like this. */
export function keysWith(beginning: string): string[] {
  const stored = attempt((storage) => Object.keys(storage)) ?? [];
  const ours = stored.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  return [...new Set([...ours, ...memory.keys()])].filter((key) => key.startsWith(beginning));
}

/** The value as JSON; null where there is none or it is damaged. */
export function recallJson<T>(key: string): T | null {
  const text = recall(key);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export function rememberJson(key: string, value: unknown): boolean {
  return remember(key, JSON.stringify(value));
}
