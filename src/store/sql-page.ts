import type { SearchColumn } from "./column-test.ts";
import { rowsByKey, type Keyed, type Listing, type Page, type Question } from "./listing.ts";
import type { Position } from "./position.ts";
import { EVERY, and, or, sql, type Sql } from "./sql.ts";

/** A page of a list whose question columns answer: rows that match, in the order of a column or of creation. */
export async function sqlPage<Row, Item>(listing: Listing<Row, Item>, question: Question): Promise<Page<Row>> {
  const { limit } = question;
  const found = await lookAhead(listing, question);
  return {
    rows: found.slice(0, limit).map(({ row }) => row),
    next: found.length > limit ? (found[limit - 1]?.position ?? null) : null,
    total: await totalOf(listing, question, found.length),
  };
}

/** The page and, if there is more, one more. */
async function lookAhead<Row, Item>(listing: Listing<Row, Item>, question: Question): Promise<readonly Found<Row>[]> {
  if (question.limit === 0) return [];
  const column = question.order?.column ?? null;
  return column === null ? byCreation(listing, question) : byColumn(listing, question, column);
}

/** Counts only where it does not follow from the page: all of them are known, or the list ends here. */
async function totalOf<Row, Item>(listing: Listing<Row, Item>, question: Question, found: number): Promise<number> {
  const { matches, after, limit, offset } = question;
  const known = matches === null ? await listing.knownTotal() : null;
  if (known !== null) return known;
  const endsHere = after === null && limit > 0 && found <= limit && (found > 0 || offset === 0);
  return endsHere ? offset + found : counted(listing, question);
}

interface Found<Row> {
  readonly row: Keyed<Row>;
  readonly position: Position;
}

async function byCreation<Row, Item>(listing: Listing<Row, Item>, question: Question): Promise<readonly Found<Row>[]> {
  const { narrowing, after, offset, limit } = question;
  const key = `${listing.table}.key`;
  const behind = after === null ? EVERY : sql(`${key} > ?`, after.key);
  const { text, bindings } = and(narrowing.condition, behind);
  const rows = (await listing
    .rows()
    .whereRaw(text, [...bindings])
    .orderBy(key)
    .offset(offset)
    .limit(limit + 1)
    .select()) as readonly Keyed<Row>[];
  return rows.map((row) => ({ row, position: { value: null, key: row.key } }));
}

/** Sorts keys only, and then fetches the rows of the page: what is sorted may be large. */
async function byColumn<Row, Item>(
  listing: Listing<Row, Item>,
  { narrowing, order, after, offset, limit }: Question,
  { name, nullable }: SearchColumn,
): Promise<readonly Found<Row>[]> {
  const key = `${listing.table}.key`;
  const descending = order?.descending === true;
  const behind = after === null ? EVERY : behindIn({ name, key, descending }, after);
  const { text, bindings } = and(narrowing.condition, behind);
  const nulls = nullable ? ` nulls ${descending ? "first" : "last"}` : "";
  const positions = await listing
    .rows()
    .whereRaw(text, [...bindings])
    .orderByRaw(`${name} ${descending ? "desc" : "asc"}${nulls}, ${key}`)
    .offset(offset)
    .limit(limit + 1)
    .select<Position[]>({ key, value: name });
  const rows = await rowsByKey(listing, positions);
  return rows.map((row, index) => ({ row, position: positions[index] ?? { value: null, key: row.key } }));
}

/** What stands behind a position in the order of a column; nulls are last ascending, and first descending. */
function behindIn(
  { name, key, descending }: { readonly name: string; readonly key: string; readonly descending: boolean },
  { value, key: after }: Position,
): Sql {
  if (value === null) {
    const laterNull = sql(`(${name} is null and ${key} > ?)`, after);
    return descending ? or(sql(`${name} is not null`), laterNull) : laterNull;
  }
  const further = sql(`(${name} ${descending ? "<" : ">"} ? or (${name} = ? and ${key} > ?))`, value, value, after);
  return descending ? further : or(sql(`${name} is null`), further);
}

async function counted<Row, Item>(listing: Listing<Row, Item>, { narrowing }: Question): Promise<number> {
  const { text, bindings } = narrowing.condition;
  const [row] = await listing
    .rows()
    .whereRaw(text, [...bindings])
    .count<{ total: number }[]>({ total: "*" });
  return Number(row?.total ?? 0);
}
