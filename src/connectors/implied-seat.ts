import type { DesiredAccount, Seat } from "../domain/account.ts";

/**
 * What somebody should have where each account that is not deactivated takes one seat of the pool: that seat, for everybody
 * who is active; where the mapping gives none, that is told as a problem. Pure and idempotent.
 */
export function withImpliedSeat(desired: DesiredAccount, pool: Seat): DesiredAccount {
  if (desired.status !== "active") return desired.seat === null ? desired : { ...desired, seat: null };
  if (desired.seat === pool) return desired;
  if (desired.seat !== null) return { ...desired, seat: pool };
  const problem = `Every account takes a ${pool} seat in this product, though the mapping gives none.`;
  return { ...desired, seat: pool, problems: [...(desired.problems ?? []), problem] };
}
