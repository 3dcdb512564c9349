/** The tables of `docs/admin-api.md`, made of the declarations themselves. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROBLEMS } from "../src/server/admin/problems.ts";
import { declaredRoutes } from "./admin-client.ts";
import { aligned } from "./capability-table.ts";

const FILE = join(import.meta.dirname, "..", "docs", "admin-api.md");

/** Every route, below `/admin/v1`, with the scopes that reach it. */
function tableOfRoutes(): string {
  const rows = declaredRoutes().map(({ method, path, scopes, summary }) => [
    `\`${method.toUpperCase()} ${path}\``,
    scopes.map((scope) => `\`${scope}\``).join(", "),
    summary,
  ]);
  return aligned([["method and path", "scopes", "does"], ...rows]);
}

/** Every kind of problem. */
function tableOfProblems(): string {
  const rows = Object.entries(PROBLEMS).map(([name, { status, title, remedy }]) => [
    `\`${name}\``,
    String(status),
    title,
    remedy,
  ]);
  return aligned([["`urn:rosterbridge:problem:…`", "status", "what it is", "what to do"], ...rows]);
}

const TABLES: Readonly<Record<string, () => string>> = { routes: tableOfRoutes, problems: tableOfProblems };

/** A page with the tables between their marks renewed. Throws when it lacks a mark. */
export function withAdminTables(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, table]) => {
    const begin = `<!-- ${name}: begin, written by node build/write-admin-tables.ts -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(`<!-- ${name}: end -->`)];
    if (from < 0 || to < from) throw new Error(`The page has no marks for the table of ${name}.`);
    return `${text.slice(0, from + begin.length)}\n\n${table()}\n\n${text.slice(to)}`;
  }, page);
}

/** The page, as it stands. */
export function readAdminPage(): string {
  return readFileSync(FILE, "utf8");
}

/** Writes the page. */
export function writeAdminPage(text: string): void {
  writeFileSync(FILE, text);
}
