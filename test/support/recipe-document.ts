import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A block of JSON in docs/recipes.md; `use` is what follows `json` in its first line. */
export interface DocumentBlock {
  readonly use: "" | "example" | "fragment" | "whole";
  readonly text: string;
}

const FILE = join(import.meta.dirname, "..", "..", "docs", "recipes.md");

/** The text of docs/recipes.md. */
export function recipeDocument(): string {
  return readFileSync(FILE, "utf8");
}

/** Its blocks of JSON, in order. */
export function documentBlocks(): readonly DocumentBlock[] {
  return [...recipeDocument().matchAll(/^```json *(|example|fragment|whole)\n(.*?)^```$/gms)].map(
    ([, use = "", text = ""]) => ({ use: use as DocumentBlock["use"], text }),
  );
}

/** The whole recipe of the worked example. */
export function documentedRecipe(): string {
  const [whole, ...others] = documentBlocks().filter(({ use }) => use === "whole");
  if (whole === undefined || others.length > 0) throw new Error("docs/recipes.md must hold one whole recipe");
  return whole.text;
}
