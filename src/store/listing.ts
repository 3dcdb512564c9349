import type { Knex } from "knex";
import type { JsonObject } from "../domain/json.ts";
import type { ListQuery, PageStart, SortOrder } from "../ports/directory-tx.ts";
import { lookUp } from "../scim/attribute-target.ts";
import { compileFilter, type Predicate } from "../scim/evaluate.ts";
import { compileSortKey, type SortKey } from "../scim/sort-key.ts";
import type { SearchColumn } from "./column-test.ts";
import { whereOneOf } from "./dialect.ts";
import { columnFor, namesAttribute, narrow, type Narrowing, type Searchable } from "./filter-sql.ts";
import { parsePosition, type Position } from "./position.ts";
import { EVERY } from "./sql.ts";

/** A row of a table that has a key: the order of creation. */
export type Keyed<Row> = Row & { readonly key: number };

/** What a list is made of: rows of one table, and what they are to the one who asks. */
export interface Listing<Row, Item> {
  readonly db: Knex;
  readonly table: "users" | "groups";
  readonly searchable: Searchable;
  /** The attribute that holds memberships. */
  readonly membership: "groups" | "members";
  /** Everybody in the list. */
  rows(): Knex.QueryBuilder;
  /** How many they are, where that is known; null where they have to be counted. */
  knownTotal(): Promise<number | null>;
  items(rows: readonly Keyed<Row>[], withMemberships: boolean): Promise<readonly Item[]>;
  wire(item: Item): JsonObject;
}

/** The order of a list that is sorted. */
export interface Order {
  readonly descending: boolean;
  readonly keyOf: (wire: JsonObject) => SortKey;
  /** The column that has it. */
  readonly column: SearchColumn | null;
}

/** A question that was compiled. */
export interface Question {
  /** Null: all. */
  readonly matches: Predicate | null;
  readonly narrowing: Narrowing;
  readonly order: Order | null;
  /** Whether columns answer all of it. */
  readonly bySql: boolean;
  readonly offset: number;
  readonly after: Position | null;
  readonly limit: number;
  /** Whether matching or sorting takes memberships. */
  readonly readsMemberships: boolean;
}

/** Some rows of a list, and what is behind them. */
export interface Page<Row> {
  readonly rows: readonly Keyed<Row>[];
  /** The last of them; null when nothing is behind it. */
  readonly next: Position | null;
  readonly total: number;
}

/**
 * Compiles a query. Even what SQL answers alone: what is refused must be refused whatever its shape.
 * Throws InvalidFilterError, InvalidPathError and InvalidCursorError as the port says.
 */
export function ask<Row, Item>({ searchable, membership }: Listing<Row, Item>, query: ListQuery): Question {
  const { filter, sort, from, limit, unknownAttributes } = query;
  const { type } = searchable;
  const matches = filter === null ? null : compileFilter(filter, type, { unknownAttributes });
  const order = sort === null ? null : orderOf(sort, searchable, unknownAttributes);
  const reads = (path: SortOrder["path"]): boolean => lookUp(path, type)?.attribute.name === membership;
  const narrowing = filter === null ? { condition: EVERY, exact: true } : (narrow(filter, searchable) ?? NOT_NARROWED);
  const bySql = narrowing.exact && (order === null || order.column !== null);
  const isPossible = (value: SortKey): boolean => (bySql ? isIn(order?.column ?? null, value) : true);
  return {
    matches,
    narrowing,
    order,
    bySql,
    ...startOf(from, isPossible),
    limit,
    readsMemberships: (filter !== null && namesAttribute(filter, reads)) || (sort !== null && reads(sort.path)),
  };
}

function startOf(from: PageStart, isPossible: (value: SortKey) => boolean): Pick<Question, "offset" | "after"> {
  if ("offset" in from) return { offset: from.offset, after: null };
  return { offset: 0, after: from.after === null ? null : parsePosition(from.after, isPossible) };
}

const NOT_NARROWED: Narrowing = { condition: EVERY, exact: false };

/** Null where no resource of the type has the attribute: all of them are alike. */
function orderOf(
  { path, descending }: SortOrder,
  { type, columns }: Searchable,
  unknownAttributes: ListQuery["unknownAttributes"],
): Order | null {
  const keyOf = compileSortKey(path, type, { unknownAttributes });
  const target = lookUp(path, type);
  return target === undefined ? null : { descending, keyOf, column: columnFor(target, columns) };
}

/** Whether a column (null: none, the order of creation) may hold such a value. */
function isIn(column: SearchColumn | null, value: SortKey): boolean {
  if (value === null) return column === null || column.nullable;
  return column !== null && typeof value === (column.holds === "boolean" ? "number" : "string");
}

/** The rows at these positions, in their order. */
export async function rowsByKey<Row, Item>(
  listing: Listing<Row, Item>,
  positions: readonly Position[],
): Promise<readonly Keyed<Row>[]> {
  if (positions.length === 0) return [];
  const keys = positions.map(({ key }) => key);
  const rows = (await listing
    .rows()
    .where(whereOneOf(listing.db, `${listing.table}.key`, keys))
    .select()) as readonly Keyed<Row>[];
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}
