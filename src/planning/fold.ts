import type { Seat } from "../domain/account.ts";
import { ZERO_COUNTS } from "../domain/plan.ts";
import type { LimitCounts, LimitName, PersonPlan, PlanDigest, Waiting } from "../domain/plan.ts";
import { changeKey, limitOf } from "./change-key.ts";
import { createClaims } from "./claims.ts";
import type { FoldStart } from "./context.ts";
import { createDigestSum } from "./fingerprint.ts";
import { createRenameOrder } from "./rename-order.ts";
import { createSeatQueue, settleSeat } from "./seat-queue.ts";
import type { SeatAssignment, SeatQueue } from "./seat-queue.ts";

/** What is known only when everybody has been planned. */
export interface FoldResult {
  readonly digest: PlanDigest;
  /** Changes per limit that nothing holds so far, without those of released people. */
  readonly planned: LimitCounts;
  /** Of those, how many an open approval covers. */
  readonly approved: LimitCounts;
  readonly waiting: readonly Waiting[];
  /** Accounts that this plan shuts, those of released people included. */
  readonly deactivating: number;
}

/**
 * Settles what takes more than one person: seats, double claims, the order of renames, counts and digest. `people` come
 * in settling order (leavers, then seat claims by rank, then the rest), so that a seat that a leaver frees serves a joiner
 * of the same plan. Yields them in that order, but whoever waits for an e-mail after the one who gives it up, and without
 * those of whom there is nothing to do, hold, confirm or note; a note alone counts for nothing and is not in the digest.
 * Memory grows with claims, renames and waiting people only.
 */
export async function* foldPlan(
  people: AsyncIterable<PersonPlan>,
  start: FoldStart,
): AsyncGenerator<PersonPlan, FoldResult, void> {
  const claims = createClaims();
  const seats = createSeatQueue({ pools: start.seats, ...(start.short === undefined ? {} : { short: start.short }) });
  const waiting = createWaitingList(seats);
  const counts = createCounts(start);
  const digest = createDigestSum();
  const order = createRenameOrder(claims, start.parking);
  const keep = (person: PersonPlan): PersonPlan => {
    counts.add(person);
    digest.add(person);
    return person;
  };
  for await (const person of people) {
    const explain = ({ seat }: SeatAssignment): string => {
      const place = start.untrusted === true ? "" : `: place ${waiting.add(person, seat)} in the queue`;
      return `No seat is free (${seats.describe(seat)})${place}.`;
    };
    const claimed = claims.settle(person);
    const settled = start.untrusted === true && isArriving(claimed) ? claimed : settleSeat(claimed, seats, explain);
    if (!isWorthKeeping(settled)) continue;
    for (const next of order.next(settled)) yield keep(next);
  }
  for (const next of order.rest()) yield keep(next);
  return { digest: digest.digest(), ...counts.result(), waiting: waiting.all() };
}

/** Gets an account by this plan: in a listing that cannot be trusted, they may have one. */
function isArriving({ changes }: PersonPlan): boolean {
  return changes.some(({ kind }) => kind === "create-account" || kind === "adopt-account");
}

function isWorthKeeping({ changes, held, notes, confirms, remember }: PersonPlan): boolean {
  return changes.length + held.length + notes.length > 0 || confirms === true || remember !== undefined;
}

interface WaitingList {
  /** Returns the place in the queue, counted from 1. */
  add(person: PersonPlan, seat: Seat): number;
  all(): readonly Waiting[];
}

function createWaitingList(seats: SeatQueue): WaitingList {
  const list: Omit<Waiting, "reason">[] = [];
  const lengths = new Map<string, number>();
  return {
    add({ user, label }, seat) {
      const place = (lengths.get(seat) ?? 0) + 1;
      lengths.set(seat, place);
      list.push({ user, label, seat, place });
      return place;
    },
    // Only at the end is it known how many wait, and how full the pool is.
    all: () =>
      list.map((entry) => ({
        ...entry,
        reason: `over capacity: ${seats.describe(entry.seat)}, ${lengths.get(entry.seat)} waiting`,
      })),
  };
}

interface Counts {
  add(person: PersonPlan): void;
  result(): Pick<FoldResult, "planned" | "approved" | "deactivating">;
}

function createCounts(start: FoldStart): Counts {
  const planned: Record<LimitName, number> = { ...ZERO_COUNTS };
  const approved: Record<LimitName, number> = { ...ZERO_COUNTS };
  let deactivating = 0;
  return {
    add({ user, changes }) {
      if (changes.some(({ kind }) => kind === "deactivate-account" || kind === "delete-account")) deactivating += 1;
      if (start.released.has(user)) return;
      for (const change of changes) {
        const limit = limitOf(change);
        if (limit === null) continue;
        planned[limit] += 1;
        if (start.approved(changeKey(user, change))) approved[limit] += 1;
      }
    },
    result: () => ({ planned, approved, deactivating }),
  };
}
