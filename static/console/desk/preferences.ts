/** What this person likes in this browser. */
import { recallJson, rememberJson } from "../../shared/storage.ts";
import { Store } from "./store.ts";

export interface Preferences {
  /** Desktop notifications for new tickets and messages in my tickets. */
  readonly notify: boolean;
  /** Enter sends and Shift+Enter breaks; off: the other way round. */
  readonly enterSends: boolean;
  /** Single letters act outside of texts; who speaks to the computer may want them off (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** Originals are shown beside their translations. */
  readonly originals: boolean;
}

const FIRST: Preferences = { notify: false, enterSends: true, shortcuts: true, originals: false };
const KEY = "console.preferences";

export class PreferenceStore extends Store {
  #preferences: Preferences = { ...FIRST, ...recallJson<Partial<Preferences>>(KEY) };

  get now(): Preferences {
    return this.#preferences;
  }

  change(change: Partial<Preferences>): void {
    this.#preferences = { ...this.#preferences, ...change };
    rememberJson(KEY, this.#preferences);
    this.changed();
  }
}
