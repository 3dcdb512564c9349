import type { Seat } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { Plan, Waiting } from "../domain/plan.ts";
import { changeKey } from "../planning/change-key.ts";
import type { Clock } from "../ports/ambient.ts";
import type { HeldRecord, Holds, OpenApprovals } from "../ports/holds.ts";
import type { Lease } from "../ports/leases.ts";

/** Keeps what an approval of this plan would cover. A dry run does this too: its digest is what an admin approves. */
export async function rememberPlan(holds: Holds, clock: Clock, plan: Plan): Promise<void> {
  if (plan.summary.tally.held["over-limit"] === 0) return;
  await holds.rememberPlan(plan.summary.digest, clock.now(), overLimitKeys(plan));
}

async function* overLimitKeys(plan: Plan): AsyncGenerator<string> {
  for await (const { user, held } of plan.people()) {
    for (const { change, hold } of held) if (hold === "over-limit") yield changeKey(user, change);
  }
}

/** Replaces what `status` shows as held and waiting: for everybody (`people` null) or for these people. */
export async function recordHeld(
  holds: Holds,
  lease: Lease,
  plan: Plan,
  people: readonly DirectoryUserId[] | null,
): Promise<void> {
  await holds.recordHeld(lease, people, heldOf(plan));
  const { waiting } = plan.summary;
  await holds.recordWaiting(lease, people === null ? waiting : await besideOthers(holds, people, waiting));
}

/** A plan for some people knows nothing of the others in the queue: they keep their places, and these follow. */
async function besideOthers(
  holds: Holds,
  people: readonly DirectoryUserId[],
  waiting: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const looked = new Set(people);
  const queue = [...(await holds.waiting()).filter(({ user }) => !looked.has(user)), ...waiting];
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
