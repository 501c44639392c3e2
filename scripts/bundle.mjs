// Bundles the pages into static/dist: hashed files, a manifest that the server reads, and a check of what they weigh.
//
// manifest.json: {entry: {js, css, imports}}, names relative to static/dist; `imports` are the chunks to preload.
// Entries: portal, widget, console (ES modules that share chunks) and loader (one classic script for other people's sites).

import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "static", "dist");

/** Gzip KiB that a visitor waits for: a page's script and everything it imports statically. Each language comes on top. */
const LIMITS_KIB = { loader: 3, portal: 25, widget: 25, console: 120 };
/** Gzip KiB of what is loaded later, at one press or word: what it needs beyond what is there. Texts count for themselves. */
const LATE_KIB = { portal: 10, widget: 10, console: 20 };

/** No two pages share a chunk: nobody waits for both, and each sheds what only the other uses. */
const PAGES = ["static/portal/portal.ts", "static/widget/widget.ts", "static/console/console.ts"];

/**
 * What esbuild leaves as it is: CSS and HTML in templates (indentation never means anything), constants in tables. A module
 * that is loaded later names its page, so that the bundler leaves all of that in one file: together 1.5 KiB less. Texts
 * need nothing of the page, and the page waits for them.
 */
const sources = (page, first = new Set()) => ({
  name: "sources",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]static[\\/](console|portal|shared|widget)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = inlineNumbers(inlineConstants(await minifiedCss(await readFile(path, "utf8")), await rules));
      const later = page && !first.has(relative(root, path).replaceAll("\\", "/")) && /^import (?!.*\.json";)/m.test(source);
      const named = later ? `\nimport ${JSON.stringify(join(root, page))};` : "";
      return { contents: source.replace(/\n[ \t]+/g, "\n") + named, loader: "ts" };
    });
    bundler.onLoad({ filter: /[\\/]reactive-element[\\/]css-tag\.js$/ }, () => ({ contents: CSS_TAG }));
  },
});

/** Modules that are there when this one is. */
async function firstModules(page) {
  const options = { bundle: true, write: false, metafile: true, outdir: dist, splitting: true, format: "esm", absWorkingDir: root };
  const { inputs } = (await build({ entryPoints: [page], ...options })).metafile;
  return withImports(inputs, [page]);
}

/** The generated tables of static/shared/rules.ts, as values. */
const rules = readFile(join(root, "static", "shared", "rules.ts"), "utf8")
  .then((source) => transform(source, { loader: "ts" }))
  .then(({ code }) => import(`data:text/javascript,${encodeURIComponent(code)}`));

/** LIMITS.TEXT_CHARS becomes its number: a page that needs two of the constants does not carry all of them. */
function inlineConstants(source, tables) {
  return source.replace(/\b(LIMITS|CLOSE)\.([A-Z_]+)\b/g, (name, table, key) => tables[table][key] ?? name);
}

/** A module's own numbers, `const WAIT_MS = 1_000;`, where they are used: esbuild does so only with what is exported. */
function inlineNumbers(source) {
  for (const [declared, name, value] of source.matchAll(/^const ([A-Z_]+) = ([\d_]+);/gm)) {
    source = source.replace(declared, "").replace(new RegExp(`\\b${name}\\b`, "g"), value);
  }
  return source;
}

/** Lit's css`…` for texts without values, in browsers that all have constructable style sheets: 0.4 KiB less. */
const CSS_TAG = `
  export const css = ([text]) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  };
  export const adoptStyles = (root, sheets) => (root.adoptedStyleSheets = sheets);
  export const getCompatibleStyle = (sheet) => sheet;
  export { css as CSSResult, css as unsafeCSS, css as supportsAdoptingStyleSheets };
`;

async function minifiedCss(source) {
  const sheets = [...source.matchAll(/(?<=\bcss`)[^`]*(?=`)/g)];
  for (const [text] of sheets) {
    if (text.includes("${")) throw new Error("A style sheet has no values in it; put several into an array.");
    const { code } = await transform(text, { loader: "css", minify: true });
    source = source.replace(text, () => code.trim().replaceAll("\\", "\\\\"));
  }
  return source;
}

async function bundle(entryPoints, options) {
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    target: "es2022",
    outdir: dist,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
    metafile: true,
    absWorkingDir: root,
    plugins: [sources(null)],
    ...options,
  });
  return metafile.outputs;
}

/** These files and those that they need before they can run, among esbuild's inputs or outputs. */
function withImports(files, names, found = new Set()) {
  for (const name of names) {
    if (!(name in files) || found.has(name)) continue;
    found.add(name);
    const needed = files[name].imports.filter(({ kind }) => kind === "import-statement");
    withImports(files, needed.map(({ path }) => path), found);
  }
  return found;
}

/** What a set of pages may load later, and what that needs beyond what is there. */
function lateFiles(outputs) {
  const first = withImports(outputs, entryFiles(outputs).map(([, file]) => file));
  const calls = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ kind }) => kind === "dynamic-import"));
  const late = [...new Set(calls.map(({ path }) => path))];
  return late.map((file) => [file, [...withImports(outputs, [file])].filter((one) => !first.has(one))]);
}

/** In KiB. */
async function gzipSize(files) {
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(root, file)), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Names of entries as the server knows them: portal, widget, console, loader, base. */
function entryFiles(outputs) {
  return Object.entries(outputs)
    .filter(([, { entryPoint }]) => entryPoint && !entryPoint.endsWith(".json"))
    .map(([file, { entryPoint }]) => [basename(entryPoint).replace(/\.\w+$/, ""), file])
    .filter(([name]) => name in LIMITS_KIB || name === "base");
}

/** What a page begins with: of an entry whose whole content stands in a chunk, because later parts use it too, the chunk. */
function started(outputs, entry) {
  const { imports, inputs } = outputs[entry];
  const [only, ...others] = imports.filter(({ kind }) => kind === "import-statement");
  const empty = Object.values(inputs).every(({ bytesInOutput }) => bytesInOutput === 0);
  return only && others.length === 0 && empty ? only.path : entry;
}

/** Takes away what earlier runs left: last, so that a server that runs meanwhile always finds a whole set of files. */
async function sweep(outputs) {
  const fresh = new Set([...Object.keys(outputs).map((path) => basename(path)), "manifest.json", ".stamp"]);
  for (const name of await readdir(dist)) if (!fresh.has(name)) await rm(join(dist, name), { recursive: true });
}

async function main() {
  const outputs = {};
  const tooHeavy = [];
  const weigh = (name, kib, limit) => {
    console.log(`${name.padEnd(8)} ${kib.toFixed(1).padStart(6)} KiB gzip (at most ${limit})`);
    if (kib > limit) tooHeavy.push(name);
  };
  for (const page of PAGES) {
    const files = await bundle([page], { format: "esm", splitting: true, plugins: [sources(page, await firstModules(page))] });
    const late = await Promise.all(lateFiles(files).map(async ([file, needed]) => [await gzipSize(needed), files[file].entryPoint]));
    for (const [kib, file] of late.sort(([a], [b]) => b - a).slice(0, 3)) weigh(`  later ${file}`, kib, LATE_KIB[basename(page, ".ts")]);
    Object.assign(outputs, files);
  }
  Object.assign(outputs, await bundle(["static/widget/loader.ts"], { format: "iife" }));
  const styles = await bundle(["static/shared/base.css"], {});
  const [[, base]] = entryFiles(styles);

  const manifest = {};
  for (const [name, entry] of entryFiles(outputs)) {
    const all = [...withImports(outputs, [started(outputs, entry)])];
    manifest[name] = {
      js: basename(all[0]),
      css: name === "loader" ? null : basename(base),
      imports: all.slice(1).map((path) => basename(path)),
    };
    weigh(name, await gzipSize(name === "loader" ? all : [...all, base]), LIMITS_KIB[name]);
  }
  await writeFile(join(dist, "manifest.new"), `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(join(dist, "manifest.new"), join(dist, "manifest.json"));
  await sweep({ ...outputs, ...styles });
  if (tooHeavy.length > 0) throw new Error(`Too heavy: ${tooHeavy.join(", ")}`);
}

await main();
