import type { DirectoryUserId } from "../domain/directory.ts";
import type { BookingOrder, Held, PersonChange } from "../domain/plan.ts";
import { RANK } from "../domain/plan.ts";
import { changeKey } from "./change-key.ts";

function sorted<T>(
  user: DirectoryUserId,
  items: readonly T[],
  order: BookingOrder,
  changeOf: (item: T) => PersonChange,
): readonly T[] {
  if (items.length < 2) return items;
  const rankOf = (item: T): number => RANK[order][changeOf(item).kind];
  // Most people have one change of a rank at most: then no key has to be made.
  const isTied = new Set(items.map(rankOf)).size < items.length;
  if (!isTied) return items.toSorted((a, b) => rankOf(a) - rankOf(b));
  const ranked = items.map((item) => ({ item, rank: rankOf(item), key: changeKey(user, changeOf(item)) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return ranked.map(({ item }) => item);
}

/** One person's changes in the order in which they are carried out: by RANK, then by change key. */
export function arrangeChanges(
  user: DirectoryUserId,
  changes: readonly PersonChange[],
  order: BookingOrder,
): readonly PersonChange[] {
  return sorted(user, changes, order, (change) => change);
}

/** One person's held changes, in the order in which they are shown; the same whatever the product's booking order. */
export function arrangeHeld(user: DirectoryUserId, held: readonly Held[]): readonly Held[] {
  return sorted(user, held, "bookings-first", ({ change }) => change);
}
