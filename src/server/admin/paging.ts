import type { Clock } from "../../ports/ambient.ts";
import { openCursor, questionOf, sealCursor } from "../cursor.ts";
import { AdminError } from "./admin-error.ts";

/** What a list was asked: a cursor is good for no other question. */
export interface Paged {
  readonly cursor?: string;
  readonly limit: number;
}

/** One page as the use cases give it: `next` is the place where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A page as it is answered. */
export interface SealedPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Opens the cursor of a request, reads the page from there, and seals the place of the next one. */
export async function page<T>(
  clock: Clock,
  { cursor, limit }: Paged,
  asked: readonly (string | null)[],
  read: (after: string | null, limit: number) => Promise<Page<T>>,
): Promise<SealedPage<T>> {
  const question = questionOf(asked);
  const opened = cursor === undefined ? null : openCursor(cursor, question, clock.now());
  const { items, next } = await read(opened?.position ?? null, limit);
  const position = next;
  return {
    items,
    nextCursor: position === null ? null : sealCursor({ position, issuedAt: clock.now(), count: limit, question }),
  };
}

/** A position that is a number, as lists by sequence or version have it. */
export function numberIn(position: string | null): number | null {
  if (position === null) return null;
  const number = Number(position);
  if (!Number.isSafeInteger(number)) throw new AdminError("invalid-cursor", "The cursor is none of this list.");
  return number;
}
