/** A name inside a sentence: people may call themselves 300 characters. */

import { shownName } from "./people.ts";

export function short(name: string, most = 40): string {
  const characters = [...shownName(name)];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}
