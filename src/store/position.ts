import { InvalidCursorError } from "../domain/errors.ts";
import type { SortKey } from "../scim/sort-key.ts";

/** Where somebody stands in a list: by the value it is sorted by (null: none, or not sorted), then by their row's key. */
export interface Position {
  readonly value: SortKey;
  readonly key: number;
}

/** A position as an opaque text. */
export function printPosition({ value, key }: Position): string {
  return Buffer.from(JSON.stringify([value, key])).toString("base64url");
}

/**
 * Reads what `printPosition` wrote. `takes` says which values are possible in the list at hand.
 * Throws InvalidCursorError for every other text.
 */
export function parsePosition(text: string, takes: (value: SortKey) => boolean): Position {
  const position = readPosition(text);
  if (position === null || !takes(position.value) || printPosition(position) !== text) {
    throw new InvalidCursorError("This is no position in this list: begin at its first page again.");
  }
  return position;
}

function readPosition(text: string): Position | null {
  let pair: unknown;
  try {
    pair = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null;
  }
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const [value, key] = pair as readonly unknown[];
  if (typeof key !== "number" || !Number.isSafeInteger(key) || key < 1) return null;
  return isSortKey(value) ? { value, key } : null;
}

function isSortKey(value: unknown): value is SortKey {
  return value === null || typeof value === "string" || typeof value === "number";
}
