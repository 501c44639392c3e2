/** Tells a technician who looks elsewhere: a desktop notification, a short sound. Both can be switched off. */
import { hold, type Hold } from "../../shared/hold.ts";
import { beep } from "../../shared/sound.ts";
import type { Preferences } from "./preferences.ts";

export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly ticket: string;
  /** The message of which it tells. */
  readonly event: string | null;
}

/** Ten customers at once are one sound. */
const QUIET_MS = 1_500;

export class Notices {
  /** The notification was clicked. */
  onopen: (ticket: string) => void = () => undefined;

  readonly #preferences: () => Preferences;
  /** Of several tabs one speaks. */
  readonly #voice: Hold = hold("console.voice");
  #speaks = false;
  #soundedAt = 0;
  /** Those that may still be on the screen, by ticket: one for each. */
  readonly #shown = new Map<string, Notice>();

  constructor(preferences: () => Preferences) {
    this.#preferences = preferences;
    void this.#voice.held.then((held) => (this.#speaks = held));
  }

  /** Whether the browser lets us notify, asking the person if that was never decided. Call from a click only. */
  static async permitted(): Promise<boolean> {
    if (!("Notification" in globalThis)) return false;
    if (Notification.permission !== "default") return Notification.permission === "granted";
    return (await Notification.requestPermission()) === "granted";
  }

  tell(notice: Notice): void {
    if (!this.#speaks) return;
    if (this.#preferences().notify && document.visibilityState === "hidden") this.#show(notice);
    this.#sound();
  }

  /** Other words about this message, where it is still told of: in the same place, without a sound. */
  put(event: string, text: string): void {
    const notice = [...this.#shown.values()].find((one) => one.event === event);
    if (notice) this.#show({ ...notice, text });
  }

  dispose(): void {
    this.#voice.release();
  }

  #show(notice: Notice): void {
    const { title, text, ticket } = notice;
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    this.#shown.set(ticket, notice);
    const notification = new Notification(title, { body: text, tag: ticket });
    notification.onclose = () => {
      if (this.#shown.get(ticket) === notice) this.#shown.delete(ticket);
    };
    notification.onclick = () => {
      window.focus();
      notification.close();
      this.onopen(ticket);
    };
  }

  #sound(): void {
    const now = Date.now();
    if (now - this.#soundedAt < QUIET_MS) return;
    this.#soundedAt = now;
    beep();
  }
}
