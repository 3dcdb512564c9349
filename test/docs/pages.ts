/** The pages that people read: README.md and docs/, without the decisions, which tell what was thought at a time. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/domain/json.ts";
import { readPage, type Page } from "./page.ts";

/** The project's folder. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** A page with the name by which tests speak of it, such as `docs/scim.md`. */
export interface NamedPage extends Page {
  readonly name: string;
}

/** All of them, sorted. */
export function allPages(): readonly NamedPage[] {
  const names = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT }).sort()];
  return names.filter((name) => !name.startsWith("docs/decisions/")).map(openPage);
}

/** One of them. */
export function openPage(name: string): NamedPage {
  return { ...readPage(join(ROOT, name)), name };
}

/** `sync.config.example.json`. */
export function exampleSettings(): JsonObject {
  return JSON.parse(readFileSync(join(ROOT, "sync.config.example.json"), "utf8")) as JsonObject;
}
