import type { DirectoryUserId } from "../../domain/directory.ts";
import type { Held, Waiting } from "../../domain/plan.ts";
import { changeKey } from "../../planning/change-key.ts";
import { withApprovable } from "../../planning/hold-words.ts";
import type { HeldRecord } from "../../ports/holds.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { approvableDigest } from "../limits/approvable.ts";
import type { Planned } from "./explanation.ts";
import { openElapsed } from "../limits/elapsed.ts";
import type { PlanDeps } from "../plan/make-plan.ts";

/**
 * What stands between one person and what they should have. A plan for one person alone knows neither the queue for seats
 * nor whose changes count with theirs under a limit: both are taken from the last run.
 */
export async function gatherPlanned(
  { store, ambient, policy }: Pick<PlanDeps, "store" | "ambient" | "policy">,
  user: DirectoryUserId,
  now: Planned["now"],
  journal: readonly JournalEntry[],
): Promise<Planned> {
  const at = ambient.clock.now();
  const moment = { now: at, elapsedMs: (await openElapsed(store.journal, ambient.clock)).now() };
  const [held, queue, failures, releases, approvals, proofs, digest] = await Promise.all([
    store.holds.heldOf(user),
    store.holds.waiting(),
    store.wakes.failures(),
    store.holds.openReleases(moment),
    store.holds.openApprovals(moment),
    store.evidence.proofs(user),
    approvableDigest(store),
  ]);
  const released = releases.has(user);
  const waiting = placeOf(user, queue, now);
  const lifted = (key: string): boolean => released || approvals.covers(key);
  return {
    now: now === null ? null : { ...now, held: now.held.map((one) => withPlace(one, waiting, queue)) },
    heldBefore: stillHeld(user, held, now, lifted).map((one) => ({
      ...one,
      detail: withApprovable(one.detail, digest),
    })),
    waiting,
    failing: failures.find((failure) => failure.user === user) ?? null,
    mode: policy.mode,
    released,
    lastAnswer: journal.findLast(({ state }) => state !== "intent") ?? null,
    proof: proofs.at(-1) ?? null,
  };
}

/** Null for whoever was never in the queue, or wants no seat any more. */
function placeOf(user: DirectoryUserId, queue: readonly Waiting[], now: Planned["now"]): Planned["waiting"] {
  const entry = queue.find((one) => one.user === user);
  const wanted = now === null ? null : [...now.changes, ...now.held.map(({ change }) => change)];
  const isServed = wanted !== null && wanted.every(({ kind }) => kind !== "assign-seat");
  if (entry === undefined || isServed) return null;
  const { seat, place, reason } = entry;
  return { seat, place, reason, of: queue.filter((one) => one.seat === seat).length };
}

/** Alone, everybody is the first in the queue: the real place is that of the last run, or behind all who wait. */
function withPlace(held: Held, waiting: Planned["waiting"], queue: readonly Waiting[]): Held {
  const { change } = held;
  if (held.hold !== "no-free-seat" || change.kind !== "assign-seat") return held;
  const others = queue.filter(({ seat }) => seat === change.seat).length;
  const place =
    waiting === null
      ? `the next run gives them place ${others + 1} in the queue`
      : `place ${waiting.place} of ${waiting.of} in the queue`;
  return { ...held, detail: `No ${change.seat} seat is free: ${place}.` };
}

/** Of what the last run held: what is still wanted and would pass by itself, and is neither approved nor released since. */
function stillHeld(
  user: DirectoryUserId,
  held: readonly HeldRecord[],
  now: Planned["now"],
  lifted: (key: string) => boolean,
): readonly HeldRecord[] {
  const passing = now === null ? null : new Set(now.changes.map((change) => changeKey(user, change)));
  const left = held
    .filter(({ key }) => passing === null || passing.has(key))
    .filter(({ hold, key }) => hold !== "over-limit" || !lifted(key));
  // What only waited for another hold waits for nothing, once that has gone.
  return left.some(({ hold }) => hold !== "waits-for-held") ? left : [];
}
