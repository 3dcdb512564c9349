import type { DirectoryId } from "../../domain/directory.ts";
import { TooManyError } from "../../domain/errors.ts";
import type { Listed, SortOrder } from "../../ports/directory-tx.ts";
import type { Store } from "../../ports/store.ts";
import { pageAfter, type Parts } from "./search-pages.ts";
import { groupsOf, mergerBy, usersOf, type Found, type SearchQuery } from "./search-parts.ts";

/**
 * Searches users and groups of one directory (RFC 7644 section 3.4.3). Without an order users come first,
 * then groups; with one the two are merged, and equal values keep that order. Pages by offset have no `next`.
 * Throws as a list of one type does, and TooManyError for a page of a sorted search that begins too far behind by offset.
 */
export interface Search {
  find(directory: DirectoryId, query: SearchQuery): Promise<Listed<Found>>;
}

/** A sorted page by offset is merged from all that stand before it; so many may. */
const MAX_MERGED = 10_000;

/** Makes the use case over one store. */
export function createSearch(store: Store): Search {
  return {
    find: (directory, query) =>
      store.read(directory, (tx) => {
        const { from, limit, sort } = query;
        const parts = { users: usersOf(tx, query), groups: groupsOf(tx, query) };
        if ("after" in from) return pageAfter(parts, from.after, limit, sort);
        return sort === null ? oneAfterTheOther(parts, from.offset, limit) : merged(parts, from.offset, limit, sort);
      }),
  };
}

async function oneAfterTheOther({ users, groups }: Parts, offset: number, limit: number): Promise<Listed<Found>> {
  const some = await users({ from: { offset }, limit });
  const groupsFrom = { offset: Math.max(offset - some.total, 0) };
  const others = await groups({ from: groupsFrom, limit: limit - some.items.length });
  return { items: [...some.items, ...others.items], total: some.total + others.total, next: null };
}

async function merged(
  { users, groups }: Parts,
  offset: number,
  limit: number,
  sort: SortOrder,
): Promise<Listed<Found>> {
  const end = offset + limit;
  if (end > MAX_MERGED) {
    throw new TooManyError(`A sorted search over several types gives its first ${MAX_MERGED} resources only.`);
  }
  const window = { from: { offset: 0 }, limit: end };
  const some = await users(window);
  const others = await groups(window);
  const ordered = mergerBy(sort)(some.items, others.items);
  return { items: ordered.slice(offset, end), total: some.total + others.total, next: null };
}
