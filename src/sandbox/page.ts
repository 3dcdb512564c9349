import { ProductError } from "./product-error.ts";
import { firstAfter } from "./table.ts";
import type { Row } from "./table.ts";

/** One page of a list. `total` counts everything that matches, on all pages. */
export interface Page<T> {
  readonly items: readonly T[];
  /** To be sent as `cursor` for the next page; null after the last. */
  readonly nextCursor: string | null;
  readonly total: number;
}

/** Which page is asked for. */
export interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A cursor that leads to where a list without one begins. */
export const CURSOR_OF_FIRST_PAGE = encodeCursor(0);

/**
 * Cuts one page out of rows that are in order. A cursor names the last row that was given out, so that no insert or
 * delete makes a list skip or repeat a row. Throws ProductError 400 for a cursor that is not ours.
 */
export function cutPage<T>(rows: readonly Row<T>[], request: PageRequest): Page<T> {
  const start = request.cursor === undefined ? 0 : firstAfter(rows, decodeCursor(request.cursor));
  const end = Math.min(start + request.limit, rows.length);
  const last = rows[end - 1];
  return {
    items: rows.slice(start, end).map((row) => row.value),
    nextCursor: end < rows.length && last !== undefined ? encodeCursor(last.sequence) : null,
    total: rows.length,
  };
}

/** The same page with each item in the form in which it is shown. */
export function mapPage<T, U>(page: Page<T>, show: (item: T) => U): Page<U> {
  return { ...page, items: page.items.map(show) };
}

function encodeCursor(sequence: number): string {
  return Buffer.from(`after ${sequence}`).toString("base64url");
}

function decodeCursor(cursor: string): number {
  const match = /^after (\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (match === null) throw new ProductError(400, "invalid_cursor", "the cursor is not one that this list gave out");
  return Number(match[1]);
}
