/** What pictures are called that became something else, or that came without a name. Pure. */

const ENDINGS = { "image/jpeg": ".jpeg", "image/png": ".png" } as const;

/** The name of what a picture became: photo.heic -> photo.jpeg; one that says so already keeps its spelling. */
export function renamed(name: string, type: keyof typeof ENDINGS): string {
  const ending = ENDINGS[type];
  const spelt = ending === ".jpeg" ? /\.jpe?g$/i : /\.png$/i;
  return spelt.test(name) ? name : name.replace(/(.)\.[^.]*$/, "$1") + ending;
}

/** What a pasted picture is called: browsers name all of them alike. */
export function pastedName(word: string, type: string, now: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("");
  return `${word} ${day} ${time}.${type.slice(type.indexOf("/") + 1)}`;
}
