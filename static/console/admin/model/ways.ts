/** What can be translated, in short: what goes both ways between all of them, else from each into which. */
import { languageName } from "../../../shared/language-name.ts";
import { known, type Reached } from "../../../shared/translation/readings.ts";

export function ways(possible: Reached): string {
  const all = known(possible);
  const complete = all.every((from) => all.every((into) => from === into || possible[from]?.includes(into)));
  if (complete) return all.map(languageName).sort().join(" ↔ ");
  return Object.entries(possible)
    .map(([from, into]) => `${languageName(from)} → ${into.map(languageName).join(", ")}`)
    .join("; ");
}
