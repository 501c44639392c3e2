/** Light, dark, or as the device says. Tokens are written with light-dark(), so the page's color-scheme is all there is. */

import { recall, remember } from "./storage.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function theme(): Theme {
  return THEMES.find((one) => one === recall("theme")) ?? "auto";
}

export function chooseTheme(choice: Theme): void {
  remember("theme", choice);
  applyTheme();
}

/** Once when a page starts. */
export function applyTheme(): void {
  const choice = theme();
  document.documentElement.style.colorScheme = choice === "auto" ? "" : choice;
}
