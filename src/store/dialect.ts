import type { Knex } from "knex";

// Everything in this folder that only SQLite understands, but for opening it (open.ts, pragmas.ts). A store on
// PostgreSQL brings its own version of these functions.

/** What a column may hold. */
export type Cell = string | number | boolean | null;

/**
 * Inserts rows, which are lists of cells in the order of `columns`, as one statement with one binding, whatever their
 * number: it is compiled once and has no limit of variables. `onConflict` is SQL from "on conflict" on.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  onConflict = "",
): Promise<void> {
  if (rows.length === 0) return;
  const cells = columns.map((_, index) => `json_extract(value, '$[${index}]')`);
  // "where true" keeps the parser from reading the conflict clause as a join's.
  const sql = `insert into ${table} (${columns.join(", ")}) select ${cells.join(", ")} from json_each(?) where true ${onConflict}`;
  await db.raw(sql, [JSON.stringify(rows)]);
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

/** Writes what the log holds into the database file, as far as no reader needs it. */
export async function checkpoint(db: Knex): Promise<void> {
  await db.raw("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Rows of a raw select. */
export async function rowsOf<Row>(raw: Knex.Raw): Promise<readonly Row[]> {
  const rows = (await raw) as unknown;
  return rows as readonly Row[];
}
