/** The console's keys, in one table: the shortcuts dialog shows it and the page obeys it. */
import type { Step } from "../../shared/protocol.d.ts";

export type Action =
  | "help"
  | "session_key"
  | "search"
  | "next"
  | "previous"
  | "open"
  | "reply"
  | "note"
  | "back"
  | "details"
  | "undo"
  | "list"
  | "mine"
  | "refresh"
  | Extract<Step, "assign" | "join" | "unassign" | "end_chat" | "close" | "reopen">;

export interface Shortcut {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly group: "move" | "ticket" | "write";
}

/** Latin letters also on keyboards that have none: on a Russian one the place of the key counts (`code`). */
export const SHORTCUTS: readonly Shortcut[] = [
  { action: "search", keys: ["/"], group: "move" },
  { action: "next", keys: ["j", "ArrowDown"], group: "move" },
  { action: "previous", keys: ["k", "ArrowUp"], group: "move" },
  { action: "open", keys: ["Enter"], group: "move" },
  { action: "list", keys: ["t"], group: "move" },
  { action: "mine", keys: ["m"], group: "move" },
  { action: "refresh", keys: ["."], group: "move" },
  { action: "session_key", keys: ["s"], group: "move" },
  { action: "back", keys: ["Escape"], group: "move" },
  { action: "assign", keys: ["a"], group: "ticket" },
  { action: "join", keys: ["o"], group: "ticket" },
  { action: "unassign", keys: ["u"], group: "ticket" },
  { action: "end_chat", keys: ["e"], group: "ticket" },
  { action: "close", keys: ["c"], group: "ticket" },
  { action: "reopen", keys: ["p"], group: "ticket" },
  { action: "undo", keys: ["z"], group: "ticket" },
  { action: "details", keys: ["d"], group: "ticket" },
  { action: "reply", keys: ["r"], group: "write" },
  { action: "note", keys: ["n"], group: "write" },
  { action: "help", keys: ["?"], group: "write" },
];

export interface Press {
  readonly key: string;
  /** Physical key, `KeyA`. */
  readonly code: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  /** The focus is where letters are text. */
  readonly inText: boolean;
  readonly composing: boolean;
}

/** What a key press asks for. In a text only Escape works: everything else is text. */
export function actionOf(press: Press): Action | null {
  if (press.ctrl || press.alt || press.meta || press.composing) return null;
  if (press.inText && press.key !== "Escape") return null;
  const key = latin(press);
  return SHORTCUTS.find(({ keys }) => keys.includes(key))?.action ?? null;
}

function latin({ key, code }: Press): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const typedLatin = /^[\x20-\x7e]$/.test(key) || key.length > 1;
  if (!typedLatin && letter) return letter.toLowerCase();
  return key.length === 1 ? key.toLowerCase() : key;
}
