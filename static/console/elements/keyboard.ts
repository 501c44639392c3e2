/** Listens to the whole page and tells its host what a key asks for. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { actionOf, type Action } from "../model/keymap.ts";

export class Keyboard implements ReactiveController {
  readonly #act: (action: Action) => void;
  /** Whether single letters act; Escape always does. */
  readonly #letters: () => boolean;

  constructor(host: ReactiveControllerHost, letters: () => boolean, act: (action: Action) => void) {
    this.#letters = letters;
    this.#act = act;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("keydown", this.#pressed);
  }

  hostDisconnected(): void {
    removeEventListener("keydown", this.#pressed);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const path = event.composedPath().filter((one): one is HTMLElement => one instanceof HTMLElement);
    const [target] = path;
    // dialogs and menus have keys of their own
    if (path.some((one) => one.matches("dialog, [role=menu]"))) return;
    const { key, code, ctrlKey: ctrl, altKey: alt, metaKey: meta, isComposing: composing } = event;
    const inText = target?.matches("input:not([type=checkbox]), textarea, select") ?? false;
    const action = actionOf({ key, code, ctrl, alt, meta, inText, composing });
    if (action === null || (action !== "back" && !this.#letters())) return;
    // on a button or a link Enter is that button's
    if (action === "open" && target !== document.body) return;
    // Escape leaves the field first, then the page
    if (inText) target?.blur();
    else this.#act(action);
    event.preventDefault();
  };
}
