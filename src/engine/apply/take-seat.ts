import type { Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { SeatHandling } from "../../domain/handling.ts";
import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import { withoutSeat, type SeatAssignment } from "../../planning/seat-queue.ts";
import type { Connector } from "../../ports/connector.ts";
import type { ChangeOutcome } from "./carry-out.ts";
import type { PeopleRun, PersonOutcome, Shortfall } from "./people-run.ts";
import { refusedWords } from "../plan/seat-supply.ts";

const SHUTS: readonly PersonChange["kind"][] = ["deactivate-account", "delete-account"];

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
  { seats, connector }: Pick<PeopleRun, "seats" | "connector">,
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
  const freed = outcome.effect === "failed" ? null : freedBy(change, plan, connector.capabilities.seats);
  if (freed !== null) seats.give(freed);
  if (change.kind !== "assign-seat") return;
  if (outcome.effect !== "failed") seats.served(change.seat);
  else if (!outcome.isOpen) seats.give(change.seat);
}

/** A seat that comes with the account is free once the account is shut, whatever was said of the seat before. */
function freedBy(change: PersonChange, plan: PersonPlan, handling: SeatHandling): Seat | null {
  if (handling !== "implied") return change.kind === "release-seat" ? change.seat : null;
  if (change.kind !== shutting(plan)) return null;
  const released = plan.changes.find((one) => one.kind === "release-seat");
  return released?.seat ?? null;
}

/** The change by which a plan shuts an account; of two the first. */
function shutting({ changes }: PersonPlan): PersonChange["kind"] | undefined {
  const kinds = changes.map(({ kind }) => kind);
  return SHUTS.find((kind) => kinds.includes(kind));
}

/** Gives back a seat that was taken for a change which was never begun. */
export function giveBackUnused(
  { seats, connector }: Pick<PeopleRun, "seats" | "connector">,
  plan: PersonPlan,
  { steps, error }: Pick<PersonOutcome, "steps" | "error">,
): void {
  const assignment = assignmentOf(plan);
  if (assignment === undefined) return;
  const isBegun = steps.some(({ change, effect }) => change === assignment && effect !== "skipped");
  // Where the seat comes with the account, it may be taken by an account of which nobody heard whether it was made.
  const mayBeTaken = connector.capabilities.seats === "implied" && error?.reason === "unavailable";
  if (!isBegun && !mayBeTaken) seats.give(assignment.seat);
}

/**
 * Whoever found no seat waits for one, and has not failed. A product may refuse to make the account already. Whoever is
 * refused for want of a seat without being meant to have one has failed: no queue would ever serve them.
 */
export function orWaiting(
  { connector }: Pick<PeopleRun, "connector">,
  outcome: PersonOutcome,
  plan: PersonPlan,
  waitsFor: Shortfall | null,
): PersonOutcome {
  const isRefused = outcome.state === "failed" && outcome.error?.reason === "no-seat";
  const seat = isRefused ? wantedSeat(plan) : null;
  if (isRefused && seat === null && outcome.error !== null)
    return { ...outcome, error: notPlanned(connector, outcome.error) };
  const shortfall = seat === null ? waitsFor : { seat, words: refusedWords(seat) };
  if (shortfall === null || (seat === null && outcome.state !== "done")) return outcome;
  return { ...outcome, state: "waiting", waitsFor: shortfall, error: null };
}

/** What an admin can do about a seat that the product wants and the plan does not. */
function notPlanned({ name, capabilities }: Connector, cause: ConnectorError): ConnectorError {
  const why =
    capabilities.seats === "none"
      ? `though as far as its connector knows ${name} has no seats`
      : "though the mapping gives this person none";
  const remedy =
    capabilities.seats === "none"
      ? "Free or buy a seat in the product; where it is connected by a recipe, say there that seats are implied"
      : 'Name a pool for them in the mapping ("seats"), or free or buy a seat in the product';
  const said = `${name} refuses for want of a seat (${cause.message}), ${why}. ${remedy}.`;
  return new ConnectorError("no-seat", said, { cause });
}

function wantedSeat(plan: PersonPlan): Seat | null {
  return assignmentOf(plan)?.seat ?? plan.seatClaim?.seat ?? null;
}

function assignmentOf({ changes }: PersonPlan): SeatAssignment | undefined {
  return changes.find((change): change is SeatAssignment => change.kind === "assign-seat");
}
