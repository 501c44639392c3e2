/** What a customer fills in, as pure values: which fields a portal asks for, and what is wrong with them. */

import type { Key } from "../shared/i18n.ts";
import type { FormField, Portal } from "../shared/protocol.d.ts";
import { LIMITS } from "../shared/rules.ts";

export type FieldName = FormField["name"] | "subject" | "description";

export interface Field {
  readonly name: FieldName;
  readonly required: boolean;
  readonly limit: number;
}

export type Values = Readonly<Partial<Record<FieldName, string>>>;
export type Errors = Readonly<Partial<Record<FieldName, Key>>>;

const LIMIT: Readonly<Record<FieldName, number>> = {
  name: LIMITS.NAME_CHARS,
  email: LIMITS.EMAIL_CHARS,
  company: LIMITS.NAME_CHARS,
  company_code: 64,
  subject: LIMITS.SUBJECT_CHARS,
  description: LIMITS.TEXT_CHARS,
};

const EMAIL = /^[^@\s]+@[^@\s]+$/;

/** The form from top to bottom. A verified customer is not asked for his name, nor for an address that may be left out. */
export function fieldsOf(portal: Portal, verified: boolean): Field[] {
  const person = portal.fields.filter(
    ({ name, shown, required }) => shown && !(verified && (name === "name" || (name === "email" && !required))),
  );
  const problem = [
    { name: "subject", required: true },
    { name: "description", required: true },
  ] as const;
  return [...person, ...problem].map(({ name, required }) => ({ name, required, limit: LIMIT[name] }));
}

/** The first thing that is wrong with each field. */
export function check(fields: readonly Field[], values: Values): Errors {
  const errors: Partial<Record<FieldName, Key>> = {};
  for (const { name, required, limit } of fields) {
    const value = (values[name] ?? "").trim();
    if (value === "") {
      if (required) errors[name] = `form.missing.${name}`;
    } else if ([...value].length > limit) errors[name] = "form.too_long";
    else if (name === "email" && !EMAIL.test(value)) errors[name] = "form.email_wrong";
  }
  return errors;
}

/** Values as the server wants them: trimmed, empty ones left out. */
export function filled(fields: readonly Field[], values: Values): Partial<Record<FieldName, string>> {
  const given = fields.map(({ name }) => [name, (values[name] ?? "").trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}
