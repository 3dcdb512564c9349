import type { Knex } from "knex";
import { rowsFor } from "./dialect.ts";
import { sql, type Sql } from "./sql.ts";

/** A column of a packed row, in SQL. `json`: it holds JSON itself, or null. */
export interface PackedColumn {
  readonly name: string;
  readonly json?: true;
}

/** Rows that nobody has parsed so far. */
export interface PackedRows<Row> {
  readonly count: number;
  /** The greatest value of the first column; null where there are no rows. */
  readonly last: number | null;
  parse(): readonly Row[];
}

/**
 * Reads a select as one text: the driver takes longer for each column of each row than for all the rest. `from` is
 * everything behind `from`. Rows are the values of `columns`; they come in no order, since SQLite would sort the whole texts.
 */
export async function readPacked<Row>(
  db: Knex,
  columns: readonly [PackedColumn, ...PackedColumn[]],
  from: Sql,
): Promise<PackedRows<Row>> {
  const cells = columns.map(({ name, json }) => (json === true ? `coalesce(${name}, 'null')` : `json_quote(${name})`));
  const [row] = await rowsFor<{ readonly page: string; readonly count: number; readonly last: number | null }>(
    db,
    sql(
      `select '[' || coalesce(group_concat(line), '') || ']' as page, count(*) as count, max(place) as last
       from (select '[' || ${cells.join(" || ',' || ")} || ']' as line, ${columns[0].name} as place from ?)`,
      from,
    ),
  );
  const { page, count, last } = row ?? { page: "[]", count: 0, last: null };
  return { count, last, parse: () => JSON.parse(page) as readonly Row[] };
}
