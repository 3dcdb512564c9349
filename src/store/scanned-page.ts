import { TooManyError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { compareSortKeys } from "../scim/sort-key.ts";
import { rowsByKey, type Keyed, type Listing, type Order, type Page, type Question } from "./listing.ts";
import type { Position } from "./position.ts";

/** Resources asked one by one, per statement; with all their members each may be large. */
const SCAN_PAGE = { bare: 500, withMemberships: 50 };

/**
 * A page of a list whose question takes a look at each resource that SQL leaves: asks the filter, and sorts keys.
 * Throws TooManyError for a sorted list of more than `maxSorted`.
 */
export async function scannedPage<Row, Item>(
  listing: Listing<Row, Item>,
  question: Question,
  maxSorted: number,
): Promise<Page<Row>> {
  const { order } = question;
  return order === null ? byCreation(listing, question) : byKey(listing, question, order, maxSorted);
}

async function byCreation<Row, Item>(listing: Listing<Row, Item>, question: Question): Promise<Page<Row>> {
  const { after, offset, limit } = question;
  const rows: Keyed<Row>[] = [];
  let total = 0;
  let isMore = false;
  for await (const page of matching(listing, question)) {
    for (const { row } of page) {
      total += 1;
      if (total <= offset || row.key <= (after?.key ?? 0)) continue;
      if (rows.length < limit) rows.push(row);
      else isMore = true;
    }
  }
  const last = rows.at(-1);
  return { rows, next: isMore && last !== undefined ? { value: null, key: last.key } : null, total };
}

async function byKey<Row, Item>(
  listing: Listing<Row, Item>,
  question: Question,
  { keyOf, descending }: Order,
  maxSorted: number,
): Promise<Page<Row>> {
  const compare = (a: Position, b: Position): number => compareSortKeys(a.value, b.value, descending) || a.key - b.key;
  const { after, offset, limit } = question;
  const positions: Position[] = [];
  for await (const page of matching(listing, question)) {
    for (const { row, wire } of page) positions.push({ value: keyOf(wire), key: row.key });
    if (positions.length > maxSorted) throw tooMany(maxSorted);
  }
  const behind = positions.sort(compare).filter((position) => after === null || compare(position, after) > 0);
  const shown = behind.slice(offset, offset + limit);
  const isMore = offset + shown.length < behind.length;
  const rows = await rowsByKey(listing, shown);
  return { rows, next: isMore ? (shown.at(-1) ?? null) : null, total: positions.length };
}

function tooMany(maxSorted: number): TooManyError {
  return new TooManyError(
    `More than ${maxSorted} resources match, which is more than can be sorted by this: narrow them by a filter, or sort them by userName or displayName.`,
  );
}

interface Match<Row> {
  readonly row: Keyed<Row>;
  readonly wire: JsonObject;
}

/** What matches, in the order of creation, a page of rows at a time. */
async function* matching<Row, Item>(
  listing: Listing<Row, Item>,
  { narrowing, matches, readsMemberships }: Question,
): AsyncGenerator<readonly Match<Row>[]> {
  const { text, bindings } = narrowing.condition;
  const key = `${listing.table}.key`;
  const size = readsMemberships ? SCAN_PAGE.withMemberships : SCAN_PAGE.bare;
  let after = 0;
  while (true) {
    const rows = (await listing
      .rows()
      .whereRaw(text, [...bindings])
      .where(key, ">", after)
      .orderBy(key)
      .limit(size)
      .select()) as readonly Keyed<Row>[];
    const items = await listing.items(rows, readsMemberships);
    const seen = rows.flatMap((row, index) => {
      const item = items[index];
      return item === undefined ? [] : [{ row, wire: listing.wire(item) }];
    });
    yield matches === null ? seen : seen.filter(({ wire }) => matches(wire));
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = last.key;
  }
}
