/** Tells the elements around this one that something happened; crosses shadow roots. */
export function emit(from: EventTarget, type: string, detail?: unknown): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
