import type { Knex } from "knex";
import { rowsFor } from "./dialect.ts";
import { sql, type Sql } from "./sql.ts";

/** A column of a packed row, in SQL. `json`: it holds JSON itself, or null. */
export interface PackedColumn {
  readonly name: string;
  readonly json?: true;
}

/**
 * Reads a select as one text that is parsed at once: the driver takes longer for each column of each row than for all the
 * rest. `from` is everything behind `from`. Rows are the values of `columns`; they come in no order, since SQLite would
 * sort the whole texts.
 */
export async function readPacked<Row>(db: Knex, columns: readonly PackedColumn[], from: Sql): Promise<readonly Row[]> {
  const cells = columns.map(({ name, json }) => (json === true ? `coalesce(${name}, 'null')` : `json_quote(${name})`));
  const [row] = await rowsFor<{ readonly page: string }>(
    db,
    sql(
      `select '[' || coalesce(group_concat(line), '') || ']' as page
       from (select '[' || ${cells.join(" || ',' || ")} || ']' as line from ?)`,
      from,
    ),
  );
  return JSON.parse(row?.page ?? "[]") as readonly Row[];
}
