import type { Seat } from "../../domain/account.ts";

/** What this process remembers of seats that the product does not count, from run to run. */
export interface SeatMemory {
  /** How many of a pool are in use; null: not known, since nobody was listed yet or another process has written since. */
  inUse(seat: Seat): number | null;
  /** A listing begins; what it returns is told how many seats the listing showed, or null if it was not whole. */
  listing(): (inUse: ReadonlyMap<Seat, number> | null) => void;
  took(seat: Seat): void;
  gave(seat: Seat): void;
  /** A run under a lease with this epoch: each one that is left out was another process's. */
  noteEpoch(epoch: number): void;
  /** Whether the product last gave a seat of this pool when it was asked. */
  isGenerous(seat: Seat): boolean;
  /** What the product said when it was asked for a seat. */
  noteAnswer(seat: Seat, given: boolean): void;
}

/** Remembers nothing at first. */
export function createSeatMemory(): SeatMemory {
  const generous = new Set<Seat>();
  const listings = new Set<Map<Seat, number>>();
  let counts: Map<Seat, number> | null = null;
  let lastEpoch: number | null = null;
  const add = (map: Map<Seat, number>, seat: Seat, more: number): void =>
    void map.set(seat, (map.get(seat) ?? 0) + more);
  return {
    inUse: (seat) => (counts === null ? null : (counts.get(seat) ?? 0)),
    listing() {
      const since = new Map<Seat, number>();
      listings.add(since);
      return (inUse) => {
        listings.delete(since);
        if (inUse === null) return;
        counts = new Map(inUse);
        // The listing may show them or not: rather one seat too few than one too many.
        for (const [seat, taken] of since) add(counts, seat, taken);
      };
    },
    took(seat) {
      if (counts !== null) add(counts, seat, 1);
      for (const since of listings) add(since, seat, 1);
    },
    gave(seat) {
      if (counts !== null) add(counts, seat, -1);
    },
    noteEpoch(epoch) {
      if (lastEpoch !== null && epoch > lastEpoch + 1) counts = null;
      lastEpoch = epoch;
    },
    isGenerous: (seat) => generous.has(seat),
    noteAnswer(seat, given) {
      if (given) generous.add(seat);
      else generous.delete(seat);
    },
  };
}
