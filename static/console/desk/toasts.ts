/** Short messages at the edge of the screen: what just happened, and for 5 s the way back. */
import { Store } from "./store.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "warning";
  readonly action: { readonly label: string; readonly run: () => void } | null;
  readonly ms: number;
  /** The ticket that it wants somebody to open: it ends when that is open. */
  readonly about: string | null;
}

const SHORT_MS = 6_000;
/** More than this would cover the work. */
const MOST = 3;

export class Toasts extends Store {
  toasts: readonly Toast[] = [];
  #last = 0;

  say(text: string, more: Partial<Pick<Toast, "tone" | "action" | "ms" | "about">> = {}): number {
    const toast: Toast = { id: ++this.#last, text, tone: "plain", action: null, ms: SHORT_MS, about: null, ...more };
    this.toasts = [...this.toasts.slice(1 - MOST), toast];
    setTimeout(() => this.dismiss(toast.id), toast.ms);
    this.changed();
    return toast.id;
  }

  /** This ticket is on the screen now, and says so itself. */
  opened(ticket: string): void {
    for (const { id, about } of this.toasts) if (about === ticket) this.dismiss(id);
  }

  dismiss(id: number): void {
    const left = this.toasts.filter((toast) => toast.id !== id);
    if (left.length === this.toasts.length) return;
    this.toasts = left;
    this.changed();
  }
}
