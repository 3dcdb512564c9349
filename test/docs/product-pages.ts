/** The pages about products, and what they tell their readers to copy. */
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import type { JsonObject } from "../../src/domain/json.ts";
import { readPage, settingsOf, type Page } from "./page.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "products");

/** A page of docs/products; `name` is that of its file without the ending, such as `calendly`. */
export interface ProductPage extends Page {
  readonly name: string;
}

/** All of them, the overview among them as `README`; sorted. */
export function productPages(): readonly ProductPage[] {
  const files = globSync("*.md", { cwd: FOLDER }).sort();
  return files.map((file) => ({ ...readPage(join(FOLDER, file)), name: basename(file, ".md") }));
}

/** The configurations on a page, or parts of one, as people copy them. */
export function configurationsOf({ blocks }: Page): readonly JsonObject[] {
  return blocks.filter(({ language }) => language === "json" || language === "jsonc").map(settingsOf);
}
