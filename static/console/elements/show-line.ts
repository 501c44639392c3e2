/** Going to one line of a transcript, as a search result names it. */
import type { Id } from "../../shared/protocol.d.ts";
import { keyOf } from "../../shared/rows.ts";
import type { TranscriptView } from "../../shared/transcript-view.ts";

const FOUND_MS = 2_500;

/** Brings the line into the middle and marks it for a moment. false: it is not among the loaded ones. */
export function showLine(view: TranscriptView | null, event: Id): boolean {
  const found = view?.transcript.lines.find((line) => line.event.id === event);
  const element = found && view?.row(keyOf(found.event));
  if (!element) return false;
  element.scrollIntoView({ block: "center" });
  element.animate([{ background: "var(--warning-tint)" }, { background: "transparent" }], FOUND_MS);
  return true;
}
