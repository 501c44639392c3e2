/** A text that is written in several languages, for one reader: as server/domain/texts.py picks it. */

export function picked(texts: Readonly<Record<string, string>>, ...languages: readonly string[]): string {
  for (const tag of [...languages, "en"]) {
    const text = texts[tag] ?? texts[tag.split("-")[0] ?? ""];
    if (text !== undefined) return text;
  }
  return Object.values(texts)[0] ?? "";
}
