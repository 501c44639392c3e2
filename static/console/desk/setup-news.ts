/** What administrators have changed, for whoever shows it: each listener asks the server anew for what is its own. */
import type { SetupChanged } from "../../shared/protocol.d.ts";

/** Null: anything may have changed, as after a connection that was gone for a while. */
type Listener = (changed: SetupChanged | null) => void;

export class SetupNews {
  readonly #listeners = new Set<Listener>();

  /** Calls back after every change, until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(changed: SetupChanged | null): void {
    for (const listener of [...this.#listeners]) listener(changed);
  }
}
