/** Reading forms. */

/** The text of a named field. Passwords are taken as they are, blanks included. */
export function field(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
