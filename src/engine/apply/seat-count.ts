import type { Seat } from "../../domain/account.ts";
import { createSeatQueue, type SeatSupply } from "../../planning/seat-queue.ts";
import type { SeatMemory } from "../plan/seat-memory.ts";
import { refusedWords } from "../plan/seat-supply.ts";

/** Free seats while a plan is carried out: it counts on seats that leavers were to free, and some of them may not have. */
export interface SeatCount {
  /** Takes a seat if one is free. Always true where nobody counts seats. */
  take(seat: Seat): boolean;
  /** A seat that was given back, or that was not taken after all. */
  give(seat: Seat): void;
  /** Why a seat that was planned is not to be had, as words. */
  describe(seat: Seat): string;
  /** The product gave the seat that was taken. */
  served(seat: Seat): void;
  /** The product says that there is none, whatever was counted: nobody else asks before one is given back. */
  refuse(seat: Seat): void;
}

/**
 * Counts from what was known when the plan was made. Where the configuration counts (`configured`), runs at the same time
 * share what is in use, since the product would not stop them from taking more.
 */
export function createSeatCount(
  supply: SeatSupply,
  memory: SeatMemory,
  configured: ReadonlyMap<Seat, number> | null = null,
): SeatCount {
  const queue = createSeatQueue(supply);
  const refused = new Set<Seat>();
  const freedSince = new Map<Seat, number>();
  const isFull = (seat: Seat): boolean => {
    const total = configured?.get(seat);
    const inUse = memory.inUse(seat);
    return total !== undefined && inUse !== null && inUse >= total;
  };
  const takeFreed = (seat: Seat, freed: number): boolean => {
    if (freed <= 0) return false;
    freedSince.set(seat, freed - 1);
    return true;
  };
  return {
    take(seat) {
      if (isFull(seat)) return false;
      const freed = freedSince.get(seat);
      if (!(freed === undefined ? queue.take(seat) : takeFreed(seat, freed))) return false;
      memory.took(seat);
      return true;
    },
    give(seat) {
      memory.gave(seat);
      const freed = freedSince.get(seat);
      if (freed === undefined) queue.release(seat);
      else freedSince.set(seat, freed + 1);
    },
    describe: (seat) => (refused.has(seat) ? refusedWords(seat) : `no ${seat} seat was freed that they were to have`),
    served: (seat) => memory.noteAnswer(seat, true),
    refuse(seat) {
      refused.add(seat);
      freedSince.set(seat, 0);
      memory.noteAnswer(seat, false);
      memory.gave(seat);
    },
  };
}
