import type { Seat, SeatPool } from "../domain/account.ts";
import type { PersonChange, PersonPlan } from "../domain/plan.ts";
import { holdArrival, holdChanges } from "./dependants.ts";

/** A pool of which nobody knows how many seats it has, but which is known to have too few. */
export interface Shortage {
  /** So many of those who wait may ask the product all the same. Where seats are freed, one for each of them asks instead. */
  readonly tries: number;
  /** What is known, as words: `no standard seat left (the product said so)`. */
  readonly words: string;
}

/** What is known of the product's seats. */
export interface SeatSupply {
  /** Null: nobody counts them. A pool that is not named has none. */
  readonly pools: ReadonlyMap<Seat, SeatPool> | null;
  /** Goes before `pools`. */
  readonly short?: ReadonlyMap<Seat, Shortage>;
}

/** Seats of every pool while a plan is settled: leavers give back, claimants take, nobody is evicted. */
export interface SeatQueue {
  /** A seat that a leaver of this plan frees. In an oversold pool it first makes up for what was oversold. */
  release(seat: Seat): void;
  /** Takes a seat if one is free. Always true where nobody counts seats and none are known to be short. */
  take(seat: Seat): boolean;
  /** How full the pool is after this plan, as words: `50 of 50 standard seats in use`. */
  describe(seat: Seat): string;
}

/** Counts seats. */
export function createSeatQueue({ pools, short }: SeatSupply): SeatQueue {
  const used = new Map<Seat, number>();
  const isShort = (seat: Seat): boolean => short?.has(seat) === true;
  const freed = new Set<Seat>();
  // Whoever only tries could be quicker than whom a freed seat is for.
  const triesOf = ({ tries }: Shortage, seat: Seat): number => (freed.has(seat) ? 0 : tries);
  const totalOf = (seat: Seat): number => {
    const shortage = short?.get(seat);
    return shortage === undefined ? (pools?.get(seat)?.total ?? 0) : triesOf(shortage, seat);
  };
  const usedOf = (seat: Seat): number => used.get(seat) ?? (isShort(seat) ? 0 : (pools?.get(seat)?.used ?? 0));
  return {
    release(seat) {
      freed.add(seat);
      used.set(seat, usedOf(seat) - 1);
    },
    take(seat) {
      const isCounted = pools !== null || isShort(seat);
      if (isCounted && usedOf(seat) >= totalOf(seat)) return false;
      used.set(seat, usedOf(seat) + 1);
      return true;
    },
    describe(seat) {
      const shortage = short?.get(seat);
      if (shortage !== undefined) return shortage.words;
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
  seats: Pick<SeatQueue, "release" | "take">,
  explain: (assignment: SeatAssignment) => string,
): PersonPlan {
  for (const change of person.changes) {
    if (change.kind === "release-seat" && change.cause === "leaver") seats.release(change.seat);
  }
  const assignment = person.changes.find((change): change is SeatAssignment => change.kind === "assign-seat");
  if (assignment === undefined || seats.take(assignment.seat)) return person;
  return withoutSeat(person, assignment, explain(assignment));
}

/** The same person, with a seat held that is not to be had, and what must not go without it. */
export function withoutSeat(person: PersonPlan, assignment: SeatAssignment, detail: string): PersonPlan {
  return holdArrival(
    holdChanges(person, (change) => (change === assignment ? { hold: "no-free-seat", detail } : null)),
  );
}
