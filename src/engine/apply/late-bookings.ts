import type { AccountLink, Booking } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { addMs } from "../../domain/instant.ts";
import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import {
  bookingChange,
  bookingMeans,
  fateOf,
  leavesBookings,
  type BookingMeans,
  type Succession,
} from "../../planning/bookings.ts";
import { carryOut, type Subject } from "./carry-out.ts";
import { hasMovedOn } from "./has-moved-on.ts";
import type { PeopleRun, Step } from "./people-run.ts";

/** Rounds of listing and cancelling before we give up for this run: guests may go on booking while an account is open. */
const ROUNDS = 5;

/** What is left of a leaver's bookings. */
export interface Cleared {
  /** Upcoming bookings that stay; null where nobody looks: they are kept, gone with the account, or not to be touched there. */
  readonly left: number | null;
  /** Why some are still there that should not be: the next plan takes them. */
  readonly error: ConnectorError | null;
}

/**
 * Lists a leaver's bookings again until none is left that has to go: whatever was booked since the plan was made goes the
 * way of the others, within the budget, and only where this very plan shuts the account. Stops at the first refusal, and
 * when the IdP has spoken meanwhile. Throws ConnectorError when the product does not tell, or nothing may be done about
 * what turned up; and what the store throws.
 */
export async function clearTheRest(
  run: PeopleRun,
  subject: Subject,
  plan: PersonPlan,
  steps: Step[],
): Promise<Cleared> {
  const means = bookingMeans({ leavers: run.leavers, changes: run.connector.capabilities.changes });
  const { link } = subject;
  const isDeleted = steps.some(({ change }) => change.kind === "delete-account");
  if (link === null || isDeleted || leavesBookings(means)) return { left: null, error: null };
  for (let round = 1; ; round += 1) {
    const left = await upcoming(run, link, plan);
    if (left.length === 0) return { left: 0, error: null };
    const changes = toChanges(left, await successionOf(run, link, plan, means), means);
    if (changes.length === 0) return { left: left.length, error: null };
    if (round > ROUNDS || !mayClear(run, plan)) {
      throw new ConnectorError("rejected", `${left.length} upcoming bookings are left: the next plan takes them.`);
    }
    for (const change of changes) {
      if (await hasMovedOn(run, plan)) return { left: left.length, error: null };
      const error = await carryOutOne(run, subject, change, steps);
      if (error !== null) return { left: left.length, error };
    }
  }
}

/** Not where this plan shuts nothing; nor before the grace is over: what turns up by then waits like the rest of them. */
function mayClear({ leavers, ambient }: PeopleRun, { leftAt, confirms }: PersonPlan): boolean {
  const isInGrace = leftAt !== undefined && addMs(leftAt, leavers.bookings.delayMs) > ambient.clock.now();
  return confirms !== true && !isInGrace;
}

function toChanges(left: readonly Booking[], succession: Succession | undefined, means: BookingMeans) {
  const because = ["booked while the account was being shut"];
  return left.flatMap((booking) => bookingChange(booking, fateOf(booking.id, succession, means), because) ?? []);
}

async function successionOf(
  run: PeopleRun,
  link: AccountLink,
  plan: PersonPlan,
  { reassigns }: BookingMeans,
): Promise<Succession | undefined> {
  if (!reassigns) return undefined;
  const [record] = await run.workspace.peopleById([plan.user]);
  const found = await run.connector.find({ account: link.account, email: plan.label }, run.signal, true);
  const account = found.find(({ id }) => id === link.account);
  if (record === undefined || account === undefined) {
    throw new ConnectorError("rejected", "Upcoming bookings are left, and who takes them over is not known.");
  }
  return run.successors.of({ ...record, link }, account);
}

async function carryOutOne(
  run: PeopleRun,
  subject: Subject,
  change: PersonChange,
  steps: Step[],
): Promise<ConnectorError | null> {
  if (run.stop.aborted) throw new ConnectorError("unavailable", "The run was stopped before all bookings were gone.");
  if (!run.budget.takeCancellation(subject.user)) {
    const detail = "More bookings turned up than limits.cancelBookings allows: the next plan takes them.";
    throw new ConnectorError("rejected", detail);
  }
  const outcome = await carryOut(run, subject, change);
  steps.push({ change, effect: outcome.effect, at: run.ambient.clock.now() });
  if (outcome.effect === "changed") run.budget.spend(subject.user, change);
  // Whoever gave way to somebody more urgent is listed again in the next round.
  if (outcome.effect !== "failed" || outcome.gaveWay === true) return null;
  if (outcome.error.reason === "auth") throw outcome.error;
  return outcome.error;
}

/** An account that is gone has no bookings; one that is still shown has some list of them, whatever is said of it. */
async function upcoming(
  run: PeopleRun,
  { account, applied }: AccountLink,
  { label }: PersonPlan,
): Promise<readonly Booking[]> {
  const { connector, ambient, signal } = run;
  try {
    return await Array.fromAsync(connector.bookings(account, ambient.clock.now(), signal, true, applied?.email));
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== "missing") throw error;
    const shown = await connector.find({ account, email: applied?.email ?? label }, signal, true);
    if (!shown.some(({ id }) => id === account)) return [];
    throw new ConnectorError("unavailable", "The product shows the account, but no list of its bookings.");
  }
}
