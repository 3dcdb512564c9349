import { InvalidCursorError } from "../../domain/errors.ts";

/** Where the list of one type goes on: behind a `next` of the store, at its first (null), or nowhere. */
export type Place = { readonly after: string | null } | "ended";

/** Where a search goes on. */
export interface SearchPosition {
  readonly users: Place;
  readonly groups: Place;
}

/** The place behind a page of one type. */
export function placeBehind(next: string | null): Place {
  return next === null ? "ended" : { after: next };
}

/** A position as a text; null where both types have ended. */
export function printSearchPosition({ users, groups }: SearchPosition): string | null {
  return users === "ended" && groups === "ended" ? null : JSON.stringify([users, groups]);
}

/** Reads what `printSearchPosition` wrote, null as the beginning. Throws InvalidCursorError for every other text. */
export function parseSearchPosition(text: string | null): SearchPosition {
  if (text === null) return { users: { after: null }, groups: { after: null } };
  const position = readPosition(text);
  if (position === null || printSearchPosition(position) !== text) {
    throw new InvalidCursorError("This is no position in this search: begin at its first page again.");
  }
  return position;
}

function readPosition(text: string): SearchPosition | null {
  let pair: unknown;
  try {
    pair = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const [users, groups] = pair.map(readPlace);
  return users == null || groups == null ? null : { users, groups };
}

function readPlace(value: unknown): Place | null {
  if (value === "ended") return value;
  if (typeof value !== "object" || value === null || !("after" in value)) return null;
  const { after } = value;
  return after === null || typeof after === "string" ? { after } : null;
}
