import type { Knex } from "knex";
import { sql, type Cell, type Sql } from "./sql.ts";

export type { Cell } from "./sql.ts";

// Everything in this folder that only SQLite understands, but for opening it (open.ts, pragmas.ts). A store on
// PostgreSQL brings its own version of these functions.

/**
 * Inserts rows, which are lists of cells in the order of `columns`, as one statement with one binding, whatever their
 * number: it is compiled once and has no limit of variables. `onConflict` is SQL from "on conflict" on; what it returns
 * is answered.
 */
export async function insertRows<Returned = never>(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  onConflict = "",
): Promise<readonly Returned[]> {
  if (rows.length === 0) return [];
  const cells = columns.map((_, index) => `json_extract(value, '$[${index}]')`);
  // "where true" keeps the parser from reading the conflict clause as a join's.
  const statement = `insert into ${table} (${columns.join(", ")}) select ${cells.join(", ")} from json_each(?) where true ${onConflict}`;
  return rowsOf<Returned>(db.raw(statement, [JSON.stringify(rows)]));
}

/** A table `as name` of one column `value`: the values, as one binding. */
export function valuesTable(name: string, values: readonly (string | number)[]): Sql {
  return sql(`json_each(?) as ${name}`, JSON.stringify(values));
}

/** `column in (...)` for any number of values, as one binding. */
export function whereOneOf(db: Knex, column: string, values: readonly (string | number)[]): Knex.Raw {
  return db.raw("?? in (select value from json_each(?))", [column, JSON.stringify(values)]);
}

/** The version of the database engine. */
export async function engineVersion(db: Knex): Promise<string> {
  const [row] = await rowsOf<{ version: string }>(db.raw("select sqlite_version() as version"));
  return row?.version ?? "unknown";
}

/** Writes what the log holds into the database file; false when a reader needs some of it, so that it is kept. */
export async function checkpoint(db: Knex): Promise<boolean> {
  const [row] = await rowsOf<{ busy: number }>(db.raw("PRAGMA wal_checkpoint(TRUNCATE)"));
  return row?.busy === 0;
}

/** Sends a piece of SQL; returns the rows it answers with. */
export function rowsFor<Row>(db: Knex, { text, bindings }: Sql): Promise<readonly Row[]> {
  return rowsOf<Row>(db.raw(text, [...bindings]));
}

/** Rows of a raw statement; none of one that answers none. */
export async function rowsOf<Row>(raw: Knex.Raw): Promise<readonly Row[]> {
  const rows = (await raw) as unknown;
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}

/**
 * True when a select has rows. SQLite 3.52.0 turns a plain `exists` into a join, and then counts the rows of the join for
 * `offset`, so that resources come twice; not one with a limit.
 */
export function exists(select: Sql): Sql {
  return sql("exists (? limit 1)", select);
}

/** True of a text column that holds the text somewhere. */
export function contains(column: string, text: string): Sql {
  return sql(`instr(${column}, ?) > 0`, text);
}

/** True of a text column that ends with the text, which is not empty. */
export function endsWith(column: string, text: string): Sql {
  return sql(`substr(${column}, ?) = ?`, -Array.from(text).length, text);
}
