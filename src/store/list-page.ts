import type { Listed, ListQuery } from "../ports/directory-tx.ts";
import { ask, type Listing } from "./listing.ts";
import { printPosition } from "./position.ts";
import { scannedPage } from "./scanned-page.ts";
import { sqlPage } from "./sql-page.ts";

/** The most resources that are put in order by what no column holds, unless it is said. */
export const MAX_SORTED = 1_000_000;

/**
 * One page of what matches, and how many match: by SQL where columns answer the whole question, else by asking about each
 * resource that SQL leaves. Throws InvalidFilterError, InvalidPathError, InvalidCursorError and TooManyError as the port
 * says.
 */
export async function listPage<Row, Item>(
  listing: Listing<Row, Item>,
  query: ListQuery,
  maxSorted: number,
): Promise<Listed<Item>> {
  const question = ask(listing, query);
  const page = question.bySql ? await sqlPage(listing, question) : await scannedPage(listing, question, maxSorted);
  return {
    items: await listing.items(page.rows, query.withMemberships),
    total: page.total,
    next: page.next === null ? null : printPosition(page.next),
  };
}
