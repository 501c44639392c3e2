// Checks an AsyncAPI document with the reference parser: node validate_asyncapi.mjs FILE
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const { severity, path, message } of diagnostics) {
  console.error(`${severity === 0 ? "error" : "note"} ${path.join(".")}: ${message}`);
}
process.exit(document && diagnostics.every(({ severity }) => severity !== 0) ? 0 : 1);
