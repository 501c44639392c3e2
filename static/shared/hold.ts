/**
 * Who holds a name among the tabs of this browser. By Web Lock, which the browser releases when a tab dies; on plain HTTP
 * there are none, and a tab shows by a time stamp in storage that it still lives.
 */

import { forget, recall, remember } from "./storage.ts";

export interface Hold {
  /** Whether we have got it. */
  readonly held: Promise<boolean>;
  release(): void;
}

const BEAT_MS = 5_000;
const DEAD_MS = 90_000; // browsers let a background tab run its timers once a minute

/** Takes the name, or with `ifFree` only where nobody has it. */
export function hold(name: string, { ifFree = false } = {}): Hold {
  return globalThis.navigator?.locks ? byLock(name, ifFree) : byTimeStamp(name, ifFree);
}

function byLock(name: string, ifFree: boolean): Hold {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const held = new Promise<boolean>((resolve) => {
    const granted = (lock: Lock | null): Promise<void> | null => {
      resolve(lock !== null);
      return lock && released;
    };
    // refused (third-party iframe) means that storage is refused as well: what is in memory is ours alone
    navigator.locks.request(`deskwire:${name}`, { ifAvailable: ifFree }, granted).catch(() => resolve(true));
  });
  return { held, release };
}

function byTimeStamp(name: string, ifFree: boolean): Hold {
  const key = `held:${name}`;
  if (ifFree && Date.now() - Number(recall(key) ?? 0) < DEAD_MS) {
    return { held: Promise.resolve(false), release: () => undefined };
  }
  const beat = (): void => void remember(key, String(Date.now()));
  beat();
  const timer = setInterval(beat, BEAT_MS);
  // a reload must not look like a living tab; a page that comes back from the cache beats again
  const leave = (): void => forget(key);
  addEventListener("pagehide", leave);
  const release = (): void => {
    clearInterval(timer);
    removeEventListener("pagehide", leave);
    leave();
  };
  return { held: Promise.resolve(true), release };
}
