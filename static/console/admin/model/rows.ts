/** Rows of a list: which are looked for, and another order. */

/** Whether every word that is typed begins or stands in one of the texts. */
export function fits(query: string, texts: readonly string[]): boolean {
  const all = texts.join(" ").toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((word) => all.includes(word));
}

/** The same with one row at another place. */
export function moved<Row>(rows: readonly Row[], from: number, to: number): Row[] {
  const others = rows.toSpliced(from, 1);
  return others.toSpliced(to, 0, ...rows.slice(from, from + 1));
}
