/**
 * What somebody is changing, beside what the server has: which fields differ, and what becomes of the draft when somebody
 * else changes the same thing. A path names a field: `setup.texts.title.en`. Lists are one value each.
 */

type Tree = Readonly<Record<string, unknown>>;

/** What stands at a path, also of lists; undefined where nothing does. */
export function at(from: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inside, name) => (isObject(inside) ? inside[name] : undefined), from);
}

/** The same with another value at a path; `undefined` takes the field away. What is beside the path is shared. */
export function put<T>(into: T, path: string, value: unknown): T {
  const [name = "", ...rest] = path.split(".");
  const tree: Tree = isTree(into) ? into : {};
  const inner = rest.length > 0 ? put(tree[name], rest.join("."), value) : value;
  if (inner !== undefined) return { ...tree, [name]: inner } as T;
  const { [name]: _gone, ...others } = tree;
  return others as T;
}

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (!isTree(a) || !isTree(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]));
}

/** The paths at which two things differ. */
export function differing(a: unknown, b: unknown, path = ""): string[] {
  if (!isTree(a) || !isTree(b)) return same(a, b) ? [] : [path];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => differing(a[name], b[name], path ? `${path}.${name}` : name));
}

export interface Merged<T> {
  readonly draft: T;
  /** Where both have changed the same field, each in another way. The draft has mine. */
  readonly clashes: readonly string[];
}

/** My changes of `base`, made to `theirs` instead. */
export function merge<T>(base: T, mine: T, theirs: T): Merged<T> {
  const paths = differing(base, mine);
  const clashes = paths.filter((path) => !same(at(theirs, path), at(base, path)) && !same(at(theirs, path), at(mine, path)));
  return { draft: paths.reduce((draft, path) => put(draft, path, at(mine, path)), theirs), clashes };
}

/** Whether a field shows what stands at a path, or a part of it. */
export function covers(field: string, path: string): boolean {
  return path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`);
}

function isTree(value: unknown): value is Tree {
  return isObject(value) && !Array.isArray(value);
}

function isObject(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}
