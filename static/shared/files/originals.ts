/** Pictures as they were chosen, of which a smaller one was sent: as long as the page lives they can be sent as well. */

import type { ClientId } from "../protocol.d.ts";

const kept = new Map<ClientId, File>();
const listeners = new Set<() => void>();

export function keepOriginal(client_id: ClientId, file: File): void {
  kept.set(client_id, file);
  for (const listener of listeners) listener();
}

/** The original of what was sent under this id; and from then on it is no longer offered. */
export function takeOriginal(client_id: ClientId): File | undefined {
  const file = kept.get(client_id);
  kept.delete(client_id);
  for (const listener of listeners) listener();
  return file;
}

export function originalOf(client_id: ClientId | null): File | undefined {
  return client_id === null ? undefined : kept.get(client_id);
}

/** Calls back whenever one more or one less can be had. */
export function onOriginals(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
