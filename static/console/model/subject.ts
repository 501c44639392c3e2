/** What a ticket is about, in the reader's language where a machine has put it into that. */

import type { Lang, Summary } from "../../shared/protocol.d.ts";

export interface Subject {
  readonly text: string;
  /** Of the text; null: the customer's own words, in whatever language. */
  readonly lang: Lang | null;
}

export function subjectFor({ subject, subjects }: Pick<Summary, "subject" | "subjects">, mine: Lang | null): Subject {
  const made = mine === null ? undefined : subjects[mine];
  return made === undefined ? { text: subject, lang: null } : { text: made, lang: mine };
}
