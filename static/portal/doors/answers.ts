/** What is wrong with the answers of a form, and how they are sent, as pure values. */

import type { AskedField } from "../../shared/protocol.d.ts";
import { LIMITS } from "../../shared/rules.ts";
import type { Key } from "./texts.ts";

/** key of the field -> what was typed, or chosen */
export type Answers = Readonly<Record<string, string>>;

const ADDRESSES = /^[^@\s,;]+@[^@\s,;]+([\s,;]+[^@\s,;]+@[^@\s,;]+)*[\s,;]*$/;
const NUMBER = /^[+-]?\d{1,15}([.,]\d{1,15})?$/;

/** The first thing that is wrong with a field; null: nothing. */
export function wrongWith(field: AskedField, typed: string): Key | null {
  const value = typed.trim();
  if (value === "") return field.required ? "doors.missing" : null;
  if ([...value].length > longest(field)) return "doors.too_long";
  if (field.kind === "choice" && !field.options.some(({ key }) => key === value)) return "doors.missing";
  if (field.kind === "colleagues") return ADDRESSES.test(value) ? null : "doors.no_addresses";
  if (field.kind !== "number") return null;
  if (!NUMBER.test(value)) return "doors.no_number";
  const number = Number(value.replace(",", "."));
  if (field.least !== null && number < field.least) return "doors.too_little";
  if (field.most !== null && number > field.most) return "doors.too_much";
  return null;
}

/** Characters of an answer. */
export function longest({ kind }: AskedField): number {
  return kind === "text" ? LIMITS.SUBJECT_CHARS : LIMITS.TEXT_CHARS;
}

/** As the server wants them: trimmed, empty ones left out. */
export function given(fields: readonly AskedField[], answers: Answers): Answers {
  const typed = fields.map(({ key }) => [key, (answers[key] ?? "").trim()] as const);
  return Object.fromEntries(typed.filter(([, value]) => value !== ""));
}
