import type { Seat, SeatPool } from "../../domain/account.ts";
import type { Waiting } from "../../domain/plan.ts";
import type { SeatMemory } from "../plan/seat-memory.ts";
import type { ProductSeatPool } from "./product-view.ts";

/** From where seats are known. */
export interface PoolSources {
  /** As the product counts; null: it does not. */
  readonly counts: ReadonlyMap<Seat, SeatPool> | null;
  /** `product.seats` of the configuration; null: not configured. */
  readonly seats: ReadonlyMap<Seat, number> | null;
  readonly seatMemory: Pick<SeatMemory, "inUse">;
  readonly waiting: readonly Waiting[];
}

/** The pools by name: the product's own, else those of the configuration; null where nobody counts. */
export function listPools({ counts, seats, seatMemory, waiting }: PoolSources): readonly ProductSeatPool[] | null {
  const pools: readonly (readonly [Seat, number, number | null])[] | null =
    counts !== null
      ? [...counts].map(([seat, { total, used }]) => [seat, total, used])
      : seats === null
        ? null
        : [...seats].map(([seat, total]) => [seat, total, seatMemory.inUse(seat)]);
  if (pools === null) return null;
  return pools
    .map(([seat, total, used]) => ({
      seat,
      total,
      used,
      free: used === null ? null : Math.max(0, total - used),
      waiting: waiting.filter((one) => one.seat === seat).length,
    }))
    .sort((a, b) => (a.seat < b.seat ? -1 : 1));
}
