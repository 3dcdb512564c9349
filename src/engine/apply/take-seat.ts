import type { Seat } from "../../domain/account.ts";
import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import { withoutSeat, type SeatAssignment } from "../../planning/seat-queue.ts";
import type { ChangeOutcome } from "./carry-out.ts";
import type { PeopleRun, PersonOutcome, Shortfall, Step } from "./people-run.ts";
import { refusedWords } from "../plan/seat-supply.ts";

/** What is left of somebody's plan, and what they wait for; null: nothing. */
export interface Seated {
  readonly plan: PersonPlan;
  readonly waitsFor: Shortfall | null;
}

/**
 * Takes the seat that was planned for somebody. When nobody has freed it, or the product said that there is none, the seat
 * is left out, with whatever does not go without it: an account without a seat is not what was planned.
 */
export function takeSeat({ seats }: Pick<PeopleRun, "seats">, plan: PersonPlan): Seated {
  const assignment = assignmentOf(plan);
  if (assignment === undefined || seats.take(assignment.seat)) return { plan, waitsFor: null };
  const { seat } = assignment;
  const words = seats.describe(seat);
  return { plan: withoutSeat(plan, assignment, `No seat is free (${words}).`), waitsFor: { seat, words } };
}

/** Counts what one change has done to the seats. A seat whose giving nobody confirmed may be taken all the same. */
export function noteSeat(
  { seats }: Pick<PeopleRun, "seats">,
  plan: PersonPlan,
  change: PersonChange,
  outcome: ChangeOutcome,
): void {
  const isRefused = outcome.effect === "failed" && outcome.error.reason === "no-seat";
  if (isRefused) {
    const wanted = wantedSeat(plan);
    if (wanted !== null) seats.refuse(wanted);
    return;
  }
  if (change.kind === "release-seat" && outcome.effect !== "failed") seats.give(change.seat);
  if (change.kind !== "assign-seat") return;
  if (outcome.effect !== "failed") seats.served(change.seat);
  else if (!outcome.isOpen) seats.give(change.seat);
}

/** Gives back a seat that was taken for a change which was never begun. */
export function giveBackUnused({ seats }: Pick<PeopleRun, "seats">, plan: PersonPlan, steps: readonly Step[]): void {
  const assignment = assignmentOf(plan);
  if (assignment === undefined) return;
  const isBegun = steps.some(({ change, effect }) => change === assignment && effect !== "skipped");
  if (!isBegun) seats.give(assignment.seat);
}

/** Whoever found no seat waits for one, and has not failed. A product may refuse to make the account already. */
export function orWaiting(outcome: PersonOutcome, plan: PersonPlan, waitsFor: Shortfall | null): PersonOutcome {
  const isRefused = outcome.state === "failed" && outcome.error?.reason === "no-seat";
  const seat = isRefused ? wantedSeat(plan) : null;
  const shortfall = seat === null ? waitsFor : { seat, words: refusedWords(seat) };
  if (shortfall === null || (seat === null && outcome.state !== "done")) return outcome;
  return { ...outcome, state: "waiting", waitsFor: shortfall, error: null };
}

function wantedSeat(plan: PersonPlan): Seat | null {
  return assignmentOf(plan)?.seat ?? plan.seatClaim?.seat ?? null;
}

function assignmentOf({ changes }: PersonPlan): SeatAssignment | undefined {
  return changes.find((change): change is SeatAssignment => change.kind === "assign-seat");
}
