/**
 * Completes `dist/` after the compiler: copies what the code reads at run time and the compiler does not know, to the
 * same places relative to the code. `package.json` makes the JavaScript there ES modules and tells the version.
 */
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const optional = ["src/console"];

for (const asset of ["config", "package.json", "sync.config.example.json", ...optional]) {
  const source = join(root, asset);
  if (optional.includes(asset) && !existsSync(source)) continue;
  cpSync(source, join(root, "dist", asset), { recursive: true, filter: (file) => !file.endsWith(".ts") });
}
