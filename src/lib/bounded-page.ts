import type { Placed } from "../domain/placed.ts";

/** How a list is read, and what of it is wanted. */
export interface PageReading<T> {
  /** At most `limit` of those behind a place (null: from the first), in the order of the list. */
  readonly read: (behind: number | null, limit: number) => Promise<readonly Placed<T>[]>;
  /** Null: everything. */
  readonly wanted: ((item: T) => boolean) | null;
  readonly behind: number | null;
  readonly limit: number;
}

/** How much is done for one page where not everything is wanted. */
export interface PageWork {
  /** Nothing more is read once so many items were looked at. */
  readonly items: number;
  /** How many are read at a time. */
  readonly perReading: number;
}

/** A page; `behind` is the place behind which the next one begins, null at the end. */
export interface BoundedPage<T> {
  readonly items: readonly T[];
  readonly behind: number | null;
}

const WORK: PageWork = { items: 10_000, perReading: 500 };

/**
 * One page of what is wanted of a list. Only so many items are looked at for it: it may hold fewer than `limit`, or none,
 * and still not be the last.
 */
export async function boundedPage<T>(
  { read, wanted, behind: from, limit }: PageReading<T>,
  work = WORK,
): Promise<BoundedPage<T>> {
  const found: Placed<T>[] = [];
  // One more than fits tells whether there is another page.
  const size = wanted === null ? limit + 1 : work.perReading;
  let behind = from;
  for (let seen = 0; seen < work.items && found.length <= limit;) {
    const some = await read(behind, size);
    found.push(...(wanted === null ? some : some.filter(({ item }) => wanted(item))));
    if (some.length < size) return cut(found, limit, null);
    behind = some.at(-1)?.place ?? behind;
    seen += some.length;
  }
  return cut(found, limit, behind);
}

/** `rest`: where the list goes on behind everything that was found; null: nowhere. */
function cut<T>(found: readonly Placed<T>[], limit: number, rest: number | null): BoundedPage<T> {
  const shown = found.slice(0, limit);
  return {
    items: shown.map(({ item }) => item),
    behind: found.length > limit ? (shown.at(-1)?.place ?? null) : rest,
  };
}
