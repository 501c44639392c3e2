// Lets `node --test` import our sources: TypeScript through esbuild, JSON catalogs as modules.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

if (import.meta.url.endsWith("?hooks")) {
  // running as the hooks' own thread; nothing to set up
} else {
  register(`${import.meta.url}?hooks`);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !/\.(ts|json)$/.test(url)) return next(url, context);
  const loader = url.endsWith(".ts") ? "ts" : "json";
  const source = await readFile(fileURLToPath(url), "utf8");
  const { code } = await transform(source, { loader, format: "esm", target: "es2022", sourcemap: "inline" });
  return { format: "module", source: code, shortCircuit: true };
}
