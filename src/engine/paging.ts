import { InvalidCursorError } from "../domain/errors.ts";
import { boundedPage, type PageReading } from "../lib/bounded-page.ts";

/** One page of a list. `next` is where the next one begins, an opaque text; null at the end. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Which page. `after` is the `next` of the one before; null: the first. */
export interface PageRequest {
  readonly after: string | null;
  readonly limit: number;
}

/**
 * One page of what is wanted of a list. Only so many items are looked at for it: it may hold fewer than `limit`, or none,
 * and still have a `next`. Throws InvalidCursorError for an `after` that is no position.
 */
export async function pageOf<T>({
  after,
  ...reading
}: Omit<PageReading<T>, "behind"> & PageRequest): Promise<ListPage<T>> {
  const { items, behind } = await boundedPage({ ...reading, behind: parsePlace(after) });
  return { items, next: behind === null ? null : printPlace(behind) };
}

/** A place in a list as a position for the outside. */
function printPlace(place: number): string {
  return String(place);
}

/** Reads what `printPlace` wrote, null as null. Throws InvalidCursorError for every other text. */
function parsePlace(text: string | null): number | null {
  if (text === null) return null;
  const place = Number(text);
  if (Number.isSafeInteger(place) && place > 0 && printPlace(place) === text) return place;
  throw new InvalidCursorError("This is no position in this list: begin at its first page again.");
}
