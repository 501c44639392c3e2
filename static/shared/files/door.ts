/**
 * The door to files: who drags, drops or pastes one anywhere on the page means the conversation on it. What deals with
 * files is loaded only then; without this the browser would show a dropped file in place of our page.
 */

import type { ReactiveControllerHost } from "lit";
import { keysWith } from "../storage.ts";
import type { Transcript } from "../transcript.ts";
import type { Attach } from "./attach.ts";

const OFFERS = ["dragenter", "dragover", "drop", "paste"];

/** Whether a file is to be shown, or was on its way when the page was left. */
export function anyFiles({ lines }: Transcript<unknown>, memory: string): boolean {
  return lines.some(({ event }) => event.kind === "file") || keysWith(`${memory}file:`).length > 0;
}

/** `load` brings the element that takes files, or null where it cannot be had. */
export function door(host: ReactiveControllerHost & EventTarget, load: () => Promise<Attach | null>): void {
  const offered = (event: Event): void => {
    const { type, dataTransfer, clipboardData } = event as DragEvent & ClipboardEvent;
    const data = dataTransfer ?? clipboardData;
    // a table or a paragraph is copied as text and as a picture of itself, and meant as text
    if (!data?.types.includes("Files") || data.types.includes("text/plain")) return;
    event.preventDefault();
    const files = [...data.files]; // gone as soon as this returns
    if (type !== "dragover") void load().then((attach) => attach?.offered(type, files));
  };
  host.addController({
    hostConnected: () => OFFERS.forEach((type) => addEventListener(type, offered)),
    hostDisconnected: () => OFFERS.forEach((type) => removeEventListener(type, offered)),
  });
}
