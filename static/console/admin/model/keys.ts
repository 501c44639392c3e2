/** Keys by which forms know their fields and options, whatever they are called later. */

/** The first of `field`, `field_2`, `field_3` … that nobody has. */
export function freshKey(beginning: string, taken: readonly string[]): string {
  let key = beginning;
  for (let n = 2; taken.includes(key); n++) key = `${beginning}_${n}`;
  return key;
}

/** What a label becomes as a key: `Operating system` is `operating_system`; empty where no Latin letter begins it. */
export function keyOf(label: string): string {
  const plain = label.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 40);
}

/** What a name becomes in an address: `Acme Support` is `acme-support`. */
export function slugOf(name: string): string {
  return keyOf(name).replaceAll("_", "-");
}

/** What keys of tickets begin with, of a portal of this name: `ACME`. */
export function prefixOf(name: string): string {
  const [first = ""] = keyOf(name).split("_");
  const prefix = first.toUpperCase().slice(0, 6);
  return prefix.length < 2 ? "" : prefix;
}

/** The key of something that is called otherwise now: it follows its label until it has been saved. */
export function followed(key: string, before: string, now: string, taken: readonly string[], saved: boolean): string {
  const given = /^(field|option)(_\d+)?$/.test(key) || key.replace(/_\d+$/, "") === keyOf(before);
  const wanted = keyOf(now);
  if (saved || !given || !wanted) return key;
  return freshKey(wanted, taken.filter((one) => one !== key));
}
