import type { Seat, SeatPool } from "../domain/account.ts";
import type { PersonChange, PersonPlan } from "../domain/plan.ts";
import { holdArrival, holdChanges } from "./dependants.ts";

/** Seats of every pool while a plan is settled: leavers give back, claimants take, nobody is evicted. */
export interface SeatQueue {
  /** A seat that a leaver of this plan frees. In an oversold pool it first makes up for what was oversold. */
  release(seat: Seat): void;
  /** Takes a seat if one is free. Always true where nobody counts seats. */
  take(seat: Seat): boolean;
  /** How full the pool is after this plan, as words: `50 of 50 standard seats in use`. */
  describe(seat: Seat): string;
}

/** Counts seats; `pools` null: nobody counts them, so that everybody gets one. A pool that is not named has none. */
export function createSeatQueue(pools: ReadonlyMap<Seat, SeatPool> | null): SeatQueue {
  const used = new Map<Seat, number>();
  const usedOf = (seat: Seat): number => used.get(seat) ?? pools?.get(seat)?.used ?? 0;
  return {
    release: (seat) => void used.set(seat, usedOf(seat) - 1),
    take(seat) {
      if (pools !== null && usedOf(seat) >= (pools.get(seat)?.total ?? 0)) return false;
      used.set(seat, usedOf(seat) + 1);
      return true;
    },
    describe(seat) {
      const pool = pools?.get(seat);
      return pool === undefined
        ? `the product has no "${seat}" seats`
        : `${usedOf(seat)} of ${pool.total} ${seat} seats in use`;
    },
  };
}

/** A change that asks for a seat. */
export type SeatAssignment = PersonChange & { readonly kind: "assign-seat" };

/**
 * Counts one person's part: gives back what a leaver frees, takes what is asked for. When the pool is empty the seat is
 * held as `no-free-seat` with the sentence that `explain` gives, and so is a login that was to come with it.
 */
export function settleSeat(
  person: PersonPlan,
  seats: SeatQueue,
  explain: (assignment: SeatAssignment) => string,
): PersonPlan {
  for (const change of person.changes) {
    if (change.kind === "release-seat" && change.cause === "leaver") seats.release(change.seat);
  }
  const assignment = person.changes.find((change): change is SeatAssignment => change.kind === "assign-seat");
  if (assignment === undefined || seats.take(assignment.seat)) return person;
  const detail = explain(assignment);
  return holdArrival(
    holdChanges(person, (change) => (change === assignment ? { hold: "no-free-seat", detail } : null)),
  );
}
