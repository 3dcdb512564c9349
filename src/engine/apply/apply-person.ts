import type { AccountLink } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import type { LeaverPolicy } from "../../domain/policy.ts";
import { sameEmail } from "../../planning/email.ts";
import { destroysBookings } from "../../planning/grace.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { carryOut, type ChangeOutcome, type Subject } from "./carry-out.ts";
import { dependsOn } from "./depends-on.ts";
import { triedEmails } from "../plan/lost-creates.ts";
import { isAsPlanned } from "./fresh-look.ts";
import { hasMovedOn } from "./has-moved-on.ts";
import { clearTheRest } from "./late-bookings.ts";
import { offboard } from "./offboard.ts";
import type { PeopleRun, PersonOutcome, Step } from "./people-run.ts";
import { giveBackUnused, noteSeat, orWaiting, takeSeat } from "./take-seat.ts";

/** Carries out what the plan lets pass for one person, in order, then, for a leaver, reads back and proves it. */
export async function applyPerson(run: PeopleRun, planned: PersonPlan): Promise<PersonOutcome> {
  const { user } = planned;
  if (run.watch.isOvertaken(user)) return { user, state: "superseded", steps: [], error: null };
  const { plan, waitsFor } = takeSeat(run, planned);
  run.watch.note(user);
  try {
    return orWaiting(run, await workOn(run, plan), plan, waitsFor);
  } finally {
    // Whoever began to watch in the middle of this may have seen the half of it.
    run.watch.note(user);
  }
}

async function workOn(run: PeopleRun, plan: PersonPlan): Promise<PersonOutcome> {
  const { user } = plan;
  const earlier = await run.store.journal.entries(user);
  const subject: Subject = {
    user,
    link: await linkOf(run, plan),
    putBack: new Set(),
    mayExist: mayHaveCreated(earlier, plan),
  };
  const steps: Step[] = [];
  const worked = (await lookAgain(run, subject, plan)) ?? (await carryOutAll(run, subject, plan, steps));
  if (worked.error?.reason !== "no-seat") giveBackUnused(run, plan, { steps, error: worked.error });
  if (worked.state !== "done") return { user, steps, ...worked };
  return { user, steps, ...(isLeaving(plan) ? await offboard(run, subject, plan, steps) : worked) };
}

/**
 * The link on record, with what it should remember by now: that is written with the first change, or, where there is
 * nothing to change, at once.
 */
async function linkOf(
  { store, lease }: PeopleRun,
  { user, changes, remember }: PersonPlan,
): Promise<AccountLink | null> {
  const onRecord = (await store.links.get(user)) ?? null;
  if (onRecord === null || remember === undefined) return onRecord;
  const link = { ...onRecord, ...remember };
  if (changes.length === 0) await store.links.put(lease, [link]);
  return link;
}

/** Null when the person may be worked on as planned. */
async function lookAgain(run: PeopleRun, { link }: Subject, plan: PersonPlan): Promise<Ending | null> {
  try {
    return (await isAsPlanned(run, plan, link)) ? null : { state: "superseded", error: null };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason === "auth") throw error;
    return { state: "failed", error };
  }
}

type Ending = Pick<PersonOutcome, "state" | "error">;

/** One person's changes, and how far they have come. */
interface Work {
  readonly run: PeopleRun;
  readonly subject: Subject;
  readonly plan: PersonPlan;
  readonly steps: Step[];
  /** The first fault; later changes that do not depend on what failed go on. */
  error: ConnectorError | null;
  /** Bookings were listed once more before something destroys them, or there is no need to. */
  isCleared: boolean;
  /** The account that was made waits for its owner to accept an invitation, which the plan could not know. */
  isPending: boolean;
}

async function carryOutAll(run: PeopleRun, subject: Subject, plan: PersonPlan, steps: Step[]): Promise<Ending> {
  const work: Work = { run, subject, plan, steps, error: null, isCleared: plan.cause !== "leaver", isPending: false };
  for (const change of plan.changes) {
    const end = await carryOutNext(work, change);
    if (end !== null) return { state: end, error: work.error };
  }
  return { state: work.error === null ? "done" : "failed", error: work.error };
}

/** Null to go on, else how it ends. Throws the fault when our credentials are refused: that concerns everybody. */
async function carryOutNext(work: Work, change: PersonChange): Promise<PersonOutcome["state"] | null> {
  const { run, subject, plan, steps } = work;
  if (await hasMovedOn(run, plan)) return "superseded";
  if (run.stop.aborted || run.signal.aborted) return "stopped";
  const end = await clearBefore(work, change);
  if (end !== null) return end;
  if (steps.some((step) => isBlockedBy(change, step, run.leavers))) {
    steps.push({ change, effect: "skipped", at: run.ambient.clock.now() });
    return null;
  }
  if (waitsForOwner(work, change)) return null;
  const outcome = await keepTrying(run, subject, plan, change);
  if (outcome === null) return "superseded";
  steps.push({ change, effect: outcome.effect, at: run.ambient.clock.now() });
  if (outcome.effect === "changed") run.budget.spend(plan.user, change);
  noteSeat(run, plan, change, outcome);
  noteOutcome(work, outcome);
  return null;
}

/** Throws the fault when our credentials are refused. */
function noteOutcome(work: Work, outcome: ChangeOutcome): void {
  if (outcome.effect !== "failed") {
    work.isPending ||= outcome.applied.pending === true;
    return;
  }
  if (outcome.error.reason === "auth") throw outcome.error;
  work.error ??= outcome.error;
}

/** The next plan knows of the invitation, and tells what follows once it is accepted. */
function waitsForOwner({ isPending, run }: Work, { kind }: PersonChange): boolean {
  return isPending && kind === "add-to-group" && !run.connector.capabilities.pendingGroups;
}

/**
 * Where shutting or deleting an account destroys its bookings without a word, they are listed once more right before it.
 * Null to go on: if some would not go, the policy says whether the account is shut all the same.
 */
async function clearBefore(work: Work, change: PersonChange): Promise<PersonOutcome["state"] | null> {
  const { run, subject, plan, steps } = work;
  if (work.isCleared || !destroysBookings(change, run.connector.capabilities)) return null;
  work.isCleared = true;
  // What was tried a moment ago and would not go is still there.
  if (steps.some((step) => step.effect === "failed" && isOfBooking(step.change))) return null;
  try {
    const { error } = await clearTheRest(run, subject, plan, steps);
    work.error ??= error;
    return (await hasMovedOn(run, plan)) ? "superseded" : null;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason === "auth") throw error;
    work.error ??= error;
    return "failed";
  }
}

function isOfBooking({ kind }: PersonChange): boolean {
  return kind === "cancel-booking" || kind === "reassign-booking";
}

/** Tries a change again that gave way to somebody more urgent; null when the person has moved on meanwhile. */
async function keepTrying(
  run: PeopleRun,
  subject: Subject,
  plan: PersonPlan,
  change: PersonChange,
): Promise<ChangeOutcome | null> {
  for (;;) {
    const outcome = await carryOut(run, subject, change);
    if (outcome.effect !== "failed" || outcome.gaveWay !== true) return outcome;
    if (await hasMovedOn(run, plan)) return null;
  }
}

/** Not after a create that certainly failed: where no mark tells, the account that made it fail would pass for ours. */
function mayHaveCreated(earlier: readonly JournalEntry[], { changes }: PersonPlan): boolean {
  const tried = triedEmails(earlier);
  return changes.some(
    (change) =>
      change.kind === "create-account" && tried.some((email) => sameEmail(email, change.desired.profile.email)),
  );
}

function isBlockedBy(change: PersonChange, step: Step, { bookings }: LeaverPolicy): boolean {
  const isBroken = step.effect === "failed" || step.effect === "skipped";
  return isBroken && dependsOn(change, step.change, bookings.onFailure);
}

/** True when nothing of this leaver is held back, so that the account has to be shut once the changes are made. */
function isLeaving({ cause, held, confirms }: PersonPlan): boolean {
  return confirms === true || (cause === "leaver" && held.length === 0);
}
