import { conflict, ProductError } from "./product-error.ts";
import type { SeatPool } from "./records.ts";

/** Seat pools that run out. */
export interface Seats {
  pools(): readonly SeatPool[];
  /** Throws ProductError `unknown_seat` (400) or `no_seats_left` (409). */
  take(pool: string): void;
  free(pool: string): void;
  /** Seats are bought or given back; those in use stay in use. Throws ProductError `unknown_seat` (400). */
  resize(pool: string, total: number): void;
}

/** Pools with so many seats each, all free. */
export function createSeats(totals: Readonly<Record<string, number>>): Seats {
  const pools = new Map(Object.entries(totals).map(([id, total]) => [id, { id, total, used: 0 }]));
  const known = (id: string): SeatPool & { total: number; used: number } => {
    const pool = pools.get(id);
    if (pool === undefined) throw new ProductError(400, "unknown_seat", "there is no seat pool of that name");
    return pool;
  };
  return {
    pools: () => [...pools.values()].map((pool) => ({ ...pool })),
    take(id) {
      const pool = known(id);
      if (pool.used >= pool.total) throw conflict("no_seats_left", `all ${pool.total} seats of this pool are in use`);
      pool.used++;
    },
    free(id) {
      const pool = pools.get(id);
      if (pool !== undefined && pool.used > 0) pool.used--;
    },
    resize(id, total) {
      known(id).total = total;
    },
  };
}
