/** What a customer has chosen of a portal's ways in, as pure values. */

import type { AskedField, Portal } from "../../shared/protocol.d.ts";
import type { Problem } from "../visit.ts";

/** form: the plain one. A key has been looked at by the server: it leads to somebody, until it is over. */
export type Choice =
  | { readonly way: "form" }
  | { readonly way: "type" | "person"; readonly id: string }
  | { readonly way: "key"; readonly key: string; readonly technician: string; readonly until: number };

/** The key with which somebody was let in. */
export type Admission = Extract<Choice, { way: "key" }>;

/** What there is nothing to choose about, because it is the only way in; null: the customer chooses. */
export function onlyChoice({ ways, issue_types, people }: Portal): Choice | null {
  const [type, another] = issue_types;
  if (!ways.form || people.length > 0 || another) return null;
  return type ? { way: "type", id: type.id } : { way: "form" };
}

/** Whether the portal still offers this. */
export function offered(choice: Choice, { ways, issue_types, people }: Portal): boolean {
  switch (choice.way) {
    case "form":
      return ways.form && issue_types.length === 0;
    case "type":
      return issue_types.some(({ id }) => id === choice.id);
    case "person":
      return people.some(({ id }) => id === choice.id);
    case "key":
      return ways.keys;
  }
}

/** What its form asks beyond what every form asks; only who has signed in can share. */
export function asked(choice: Choice, { issue_types }: Portal, signedIn: boolean): readonly AskedField[] {
  const fields = choice.way === "type" ? (issue_types.find(({ id }) => id === choice.id)?.fields ?? []) : [];
  return fields.filter(({ kind }) => signedIn || kind !== "colleagues");
}

/** What the customer reads above the form; null for the plain one. */
export function named(choice: Choice, { issue_types, people }: Portal): string | null {
  if (choice.way === "key") return choice.technician;
  if (choice.way === "form") return null;
  return [...issue_types, ...people].find(({ id }) => id === choice.id)?.name ?? null;
}

/** The problem as it is sent by this way. */
export function sentBy(choice: Choice, problem: Problem): Problem {
  switch (choice.way) {
    case "form":
      return problem;
    case "type":
      return { ...problem, issue_type: choice.id };
    case "person":
      return { ...problem, technician: choice.id };
    case "key":
      return { ...problem, session_key: choice.key };
  }
}
