import type { ConnectorError } from "../domain/errors.ts";
import type { PersonChange, PersonPlan } from "../domain/plan.ts";
import type { LeaverPolicy } from "../domain/policy.ts";
import { changeKey } from "../planning/change-key.ts";
import type { JournalEntry } from "../ports/journal.ts";
import { carryOut, type Subject } from "./carry-out.ts";
import { dependsOn } from "./depends-on.ts";
import { hasMovedOn } from "./has-moved-on.ts";
import { offboard } from "./offboard.ts";
import type { PeopleRun, PersonOutcome, Step } from "./people-run.ts";

/** Carries out what the plan lets pass for one person, in order, then, for a leaver, reads back and proves it. */
export async function applyPerson(run: PeopleRun, plan: PersonPlan): Promise<PersonOutcome> {
  const { user } = plan;
  if (run.watch.isOvertaken(user) || !takesSeat(run, plan))
    return { user, state: "superseded", steps: [], error: null };
  run.watch.note(user);
  const earlier = await run.store.journal.entries(user);
  const subject: Subject = {
    user,
    link: (await run.store.links.get(user)) ?? null,
    mayExist: earlier.some((entry) => mayHaveCreated(entry, plan)),
  };
  const steps: Step[] = [];
  const worked = await carryOutAll(run, subject, plan, steps);
  giveBackUnused(run, plan, steps);
  if (worked.state !== "done") return { user, steps, ...worked };
  return { user, steps, ...(isLeaving(plan) ? await offboard(run, subject, plan, steps) : worked) };
}

/** Throws the fault when our credentials are refused: that concerns everybody. */
async function carryOutAll(
  run: PeopleRun,
  subject: Subject,
  plan: PersonPlan,
  steps: Step[],
): Promise<Pick<PersonOutcome, "state" | "error">> {
  let error: ConnectorError | null = null;
  for (const change of plan.changes) {
    if (run.stop.aborted || run.signal.aborted) return { state: "stopped", error };
    if (await hasMovedOn(run, plan)) return { state: "superseded", error };
    if (steps.some((step) => isBlockedBy(change, step, run.leavers))) {
      steps.push({ change, effect: "skipped", at: run.ambient.clock.now() });
      continue;
    }
    const outcome = await carryOut(run, subject, change);
    steps.push({ change, effect: outcome.effect, at: run.ambient.clock.now() });
    noteSpending(run, change, outcome.effect);
    if (outcome.effect !== "failed") continue;
    if (outcome.error.reason === "auth") throw outcome.error;
    error ??= outcome.error;
  }
  return { state: error === null ? "done" : "failed", error };
}

/** False when a seat was planned for this person that nobody has freed: an account without one is not what was planned. */
function takesSeat({ seats }: PeopleRun, { changes }: PersonPlan): boolean {
  return changes.every((change) => change.kind !== "assign-seat" || seats.take(change.seat));
}

/** Seats that were taken for changes which were never begun. */
function giveBackUnused({ seats }: PeopleRun, { changes }: PersonPlan, steps: readonly Step[]): void {
  const begun = new Set(steps.filter(({ effect }) => effect !== "skipped").map(({ change }) => change));
  for (const change of changes) if (change.kind === "assign-seat" && !begun.has(change)) seats.give(change.seat);
}

function noteSpending({ budget, seats }: PeopleRun, change: PersonChange, effect: Step["effect"]): void {
  if (effect === "changed") budget.spend(change);
  const isFreed = change.kind === "release-seat" && effect !== "failed";
  const isNotTaken = change.kind === "assign-seat" && effect === "failed";
  if (isFreed || isNotTaken) seats.give(change.seat);
}

function mayHaveCreated(entry: JournalEntry, plan: PersonPlan): boolean {
  if (entry.state !== "unknown" && entry.state !== "failed") return false;
  return plan.changes.some((change) => change.kind === "create-account" && changeKey(plan.user, change) === entry.key);
}

function isBlockedBy(change: PersonChange, step: Step, { bookings }: LeaverPolicy): boolean {
  const isBroken = step.effect === "failed" || step.effect === "skipped";
  return isBroken && dependsOn(change, step.change, bookings.onFailure);
}

/** True when nothing of this leaver is held back, so that the account has to be shut once the changes are made. */
function isLeaving({ cause, held, confirms }: PersonPlan): boolean {
  return confirms === true || (cause === "leaver" && held.length === 0);
}
