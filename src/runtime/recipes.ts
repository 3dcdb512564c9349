import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nearest } from "../lib/nearest.ts";

/** Stands at the same place beside `src/` and beside `dist/src/`. */
const SHIPPED = join(import.meta.dirname, "..", "..", "config", "recipes");
const BARE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MOST_BYTES = 256 * 1024;

/** Names of the recipes that are shipped, sorted. */
export function shippedRecipes(): readonly string[] {
  const files = readdirSync(SHIPPED, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name }) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])).sort();
}

/**
 * The text of a recipe: a bare name, such as `linktime`, is one of those that are shipped; anything else is a file, relative
 * to the folder of `configFile`. Throws Error with a sentence for people when it cannot be had.
 */
export function readRecipe(name: string, configFile: string): string {
  if (!BARE_NAME.test(name)) return readText(resolve(dirname(configFile), name), `the recipe file ${name}`);
  const known = shippedRecipes();
  if (known.includes(name)) return readText(join(SHIPPED, `${name}.json`), `the recipe ${name}`);
  const meant = nearest(name, known);
  const advice = meant === null ? `there are ${known.join(", ")}.` : `did you mean ${JSON.stringify(meant)}?`;
  throw new Error(
    `no recipe of the name ${JSON.stringify(name)} is shipped: ${advice} A file of your own is named with its path, such as "./${name}.json".`,
  );
}

function readText(file: string, what: string): string {
  try {
    // A pipe or a device would never end.
    const found = statSync(file);
    if (!found.isFile()) throw new Error("it is not a file");
    if (found.size > MOST_BYTES)
      throw new Error(`it has more than the ${MOST_BYTES / 1024} KiB that a recipe may have`);
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new Error(`${what} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  if (code === "ERR_INVALID_ARG_VALUE") return "that is no name of a file";
  return code === "ENOENT" ? "there is no such file" : code === "" ? error.message : code;
}
