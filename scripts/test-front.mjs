// Runs every static/**/*.test.mjs, or those given as arguments.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const found = readdirSync("static", { recursive: true })
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => join("static", name));
const files = process.argv.length > 2 ? process.argv.slice(2) : found.sort();
const { status } = spawnSync(process.execPath, ["--import", "./scripts/ts-hooks.mjs", "--test", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
