import type { Seat, SeatPool } from "../domain/account.ts";

/** Free seats while a plan is carried out: it counts on seats that leavers were to free, and some of them may not have. */
export interface SeatCount {
  /** Takes a seat if one is free. Always true where nobody counts seats. */
  take(seat: Seat): boolean;
  /** A seat that was given back, or that was not taken after all. */
  give(seat: Seat): void;
}

/** Counts from what the product showed; `pools` null: nobody counts. */
export function createSeatCount(pools: ReadonlyMap<Seat, SeatPool> | null): SeatCount {
  const free = new Map([...(pools ?? [])].map(([seat, { total, used }]) => [seat, total - used]));
  return {
    take(seat) {
      const left = free.get(seat) ?? 0;
      if (pools !== null && left <= 0) return false;
      free.set(seat, left - 1);
      return true;
    },
    give: (seat) => void free.set(seat, (free.get(seat) ?? 0) + 1),
  };
}
