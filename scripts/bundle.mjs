// Bundles the pages into static/dist: hashed files, a manifest that the server reads, and a check of what they weigh.
//
// manifest.json: {entry: {js, css, imports}}, names relative to static/dist; `imports` are the chunks to preload.
// Entries: portal, widget, console (ES modules that share chunks) and loader (one classic script for other people's sites).

import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "static", "dist");

/** Gzip KiB that a visitor waits for: a page's script and everything it imports statically. Each language comes on top. */
const LIMITS_KIB = { loader: 3, portal: 25, widget: 25, console: 120 };

/** What esbuild leaves as it is: CSS and HTML in templates (indentation never means anything), constants in tables. */
const sources = {
  name: "sources",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]static[\\/](console|portal|shared|widget)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = inlineNumbers(inlineConstants(await minifiedCss(await readFile(path, "utf8")), await rules));
      return { contents: source.replace(/\n[ \t]+/g, "\n"), loader: "ts" };
    });
  },
};

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

async function minifiedCss(source) {
  const sheets = [...source.matchAll(/(?<=\bcss`)[^`]*(?=`)/g)].filter(([text]) => !text.includes("${"));
  for (const [text] of sheets) {
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
    plugins: [sources],
    ...options,
  });
  return metafile.outputs;
}

/** Output files that an output file needs before it can run. */
function staticImports(outputs, file, found = new Set()) {
  for (const { path, kind } of outputs[file].imports) {
    if (kind === "import-statement" && !found.has(path)) {
      found.add(path);
      staticImports(outputs, path, found);
    }
  }
  return [...found];
}

async function gzipSize(files) {
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(root, file)), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Names of entries as the server knows them: portal, widget, console, loader, base. */
function entryFiles(outputs) {
  return Object.entries(outputs)
    .filter(([, { entryPoint }]) => entryPoint && !entryPoint.endsWith(".json"))
    .map(([file, output]) => [basename(output.entryPoint).replace(/\.\w+$/, ""), file])
    .filter(([name]) => name in LIMITS_KIB || name === "base");
}

/** Takes away what earlier runs left: last, so that a server that runs meanwhile always finds a whole set of files. */
async function sweep(outputs) {
  const fresh = new Set([...Object.keys(outputs).map((path) => basename(path)), "manifest.json", ".stamp"]);
  for (const name of await readdir(dist)) if (!fresh.has(name)) await rm(join(dist, name), { recursive: true });
}

async function main() {
  // the console shares no chunk with the customers' pages: nobody waits for both, and each sheds what only the other uses
  const outputs = {};
  for (const pages of [["static/portal/portal.ts", "static/widget/widget.ts"], ["static/console/console.ts"]]) {
    Object.assign(outputs, await bundle(pages, { format: "esm", splitting: true }));
  }
  Object.assign(outputs, await bundle(["static/widget/loader.ts"], { format: "iife" }));
  const styles = await bundle(["static/shared/base.css"], {});
  const [[, base]] = entryFiles(styles);

  const manifest = {};
  const tooHeavy = [];
  for (const [name, file] of entryFiles(outputs)) {
    const imports = staticImports(outputs, file);
    manifest[name] = {
      js: basename(file),
      css: name === "loader" ? null : basename(base),
      imports: imports.map((path) => basename(path)),
    };
    const kib = (await gzipSize([file, ...imports, ...(name === "loader" ? [] : [base])])) / 1024;
    console.log(`${name.padEnd(8)} ${kib.toFixed(1).padStart(6)} KiB gzip (at most ${LIMITS_KIB[name]})`);
    if (kib > LIMITS_KIB[name]) tooHeavy.push(name);
  }
  await writeFile(join(dist, "manifest.new"), `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(join(dist, "manifest.new"), join(dist, "manifest.json"));
  await sweep({ ...outputs, ...styles });
  if (tooHeavy.length > 0) throw new Error(`Too heavy: ${tooHeavy.join(", ")}`);
}

await main();
