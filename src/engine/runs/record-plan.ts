import type { Seat } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { Plan, PlanSummary, Waiting } from "../../domain/plan.ts";
import { changeKey } from "../../planning/change-key.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { HeldRecord, Holds, OpenApprovals } from "../../ports/holds.ts";
import type { Lease } from "../../ports/leases.ts";
import type { Wakes } from "../../ports/wakes.ts";
import type { PlannedRun } from "../plan/make-plan.ts";

/**
 * Keeps what an approval of this plan would cover. A dry run does this too: its digest is what an admin approves. A plan
 * for some people is not kept: what is approved passes in a run for everybody, whose plan holds more.
 */
export async function rememberPlan(holds: Holds, clock: Clock, plan: Plan): Promise<void> {
  if (plan.summary.isPartial === true || plan.summary.tally.held["over-limit"] === 0) return;
  await holds.rememberPlan(plan.summary.digest, clock.now(), overLimitKeys(plan));
}

async function* overLimitKeys(plan: Plan): AsyncGenerator<string> {
  for await (const { user, held } of plan.people()) {
    for (const { change, hold } of held) if (hold === "over-limit") yield changeKey(user, change);
  }
}

/**
 * Replaces what `status` shows as held and waiting: for everybody (`people` null) or for these people. The queue of the
 * last good run stands where the listing could not be trusted.
 */
export async function recordHeld(
  holds: Holds,
  lease: Lease,
  plan: Plan,
  people: readonly DirectoryUserId[] | null,
): Promise<void> {
  await holds.recordHeld(lease, people, heldOf(plan));
  await recordWaiting(holds, lease, people, plan.summary, plan.summary.waiting);
}

/**
 * Replaces the queue for seats: everybody's (`people` null), or the part of it that these people have. Not from a listing
 * that could not be trusted: it does not show who has a seat.
 */
export async function recordWaiting(
  holds: Holds,
  lease: Lease,
  people: readonly DirectoryUserId[] | null,
  { basis }: Pick<PlanSummary, "basis">,
  waiting: readonly Waiting[],
): Promise<void> {
  if (!basis.observation.complete) return;
  const before = await holds.waiting();
  const after = people === null ? waiting : besideOthers(before, new Set(people), waiting);
  if (JSON.stringify(after) !== JSON.stringify(before)) await holds.recordWaiting(lease, after);
}

/**
 * A plan for some people knows nothing of the others in the queue: they keep their places. Whoever is new stands before
 * the next in the plan whose place is known, and behind everybody where there is none.
 */
function besideOthers(
  before: readonly Waiting[],
  looked: ReadonlySet<DirectoryUserId>,
  waiting: readonly Waiting[],
): readonly Waiting[] {
  const still = new Map(waiting.map((entry) => [entry.user, entry]));
  const queue = before.flatMap((entry) => still.get(entry.user) ?? (looked.has(entry.user) ? [] : [entry]));
  const known = new Set(queue.map(({ user }) => user));
  for (const [index, entry] of [...waiting.entries()].reverse()) {
    if (known.has(entry.user)) continue;
    known.add(entry.user);
    const follower = waiting.slice(index + 1).find(({ seat }) => seat === entry.seat);
    const place = follower === undefined ? -1 : queue.findIndex(({ user }) => user === follower.user);
    queue.splice(place === -1 ? queue.length : place, 0, entry);
  }
  const places = new Map<Seat, number>();
  return queue.map((entry) => {
    const place = (places.get(entry.seat) ?? 0) + 1;
    places.set(entry.seat, place);
    return { ...entry, place };
  });
}

async function* heldOf(plan: Plan): AsyncGenerator<HeldRecord> {
  for await (const { user, label, held } of plan.people()) {
    for (const { change, hold, detail } of held) yield { user, label, key: changeKey(user, change), hold, detail };
  }
}

/**
 * Has leavers looked at again when their grace is over, and forgets those who do not leave any more: of everybody
 * (`people` null), or of these people. Before anything is done, so that a kill at any moment loses nobody's time.
 */
export async function recordDue(
  wakes: Wakes,
  lease: Lease,
  { plan, unreadable }: Pick<PlannedRun, "plan" | "unreadable">,
  people: readonly DirectoryUserId[] | null,
): Promise<void> {
  const deferred = await wakes.deferred();
  if (deferred.size === 0 && plan.summary.tally.held.delayed === 0) return;
  const leaving = new Set(unreadable.map(({ user }) => user));
  for await (const { user, cause, confirms, dueAt } of plan.people()) {
    if (cause === "leaver" || confirms === true) leaving.add(user);
    if (dueAt !== undefined && deferred.get(user) !== dueAt) await wakes.defer(lease, user, "leaver", dueAt);
  }
  const covered = people === null ? [...deferred.keys()] : people.filter((user) => deferred.has(user));
  const staying = covered.filter((user) => !leaving.has(user));
  if (staying.length > 0) await wakes.forgetDeferred(lease, staying);
}

/** Ends the approvals that let something of this plan pass; each serves one run. */
export async function useApprovals(
  holds: Holds,
  clock: Clock,
  lease: Lease,
  plan: Plan,
  approvals: OpenApprovals,
): Promise<void> {
  if (approvals.digests.length === 0 || !(await isCovered(plan, approvals))) return;
  await holds.useApprovals(lease, approvals.digests, clock.now());
}

async function isCovered(plan: Plan, approvals: OpenApprovals): Promise<boolean> {
  for await (const { user, changes } of plan.people()) {
    if (changes.some((change) => approvals.covers(changeKey(user, change)))) return true;
  }
  return false;
}
