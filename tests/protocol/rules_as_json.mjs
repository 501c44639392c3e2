// Prints what static/shared/rules.ts exports: node rules_as_json.mjs FILE
import { readFileSync } from "node:fs";
import { transform } from "esbuild";

const { code } = await transform(readFileSync(process.argv[2], "utf8"), { loader: "ts" });
const rules = await import(`data:text/javascript,${encodeURIComponent(code)}`);
console.log(JSON.stringify(rules));
