import knex from "knex";

/** Runs statements on a file behind the store's back; returns the rows of the last one. */
export async function rawSqlite(
  filename: string,
  ...statements: readonly string[]
): Promise<readonly Record<string, unknown>[]> {
  const database = knex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true });
  try {
    let rows: unknown = [];
    for (const sql of statements) rows = await database.raw(sql);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  } finally {
    await database.destroy();
  }
}
