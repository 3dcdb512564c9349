import type { DirectoryUserId } from "../../domain/directory.ts";
import {
  ZERO_COUNTS,
  type Breach,
  type LimitCounts,
  type LimitName,
  type PersonChange,
  type PersonPlan,
} from "../../domain/plan.ts";
import { changeKey, limitOf } from "../../planning/change-key.ts";
import { allowance, assess, type Assessment } from "../../planning/limits.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import type { Elapsed } from "./elapsed.ts";

/** The window over which budgets are counted (product.md section 6). */
const WINDOW_MS = 24 * 60 * 60 * 1000;

/** What one run may spend, from its plan to its end. */
export interface Budget {
  /** The limits that the plan exceeds, as they stood when it was made. */
  readonly breaches: readonly Breach[];
  /** True for a change that an approval or a release lets through: somebody has looked at it, so it counts under no limit. */
  isLifted(user: DirectoryUserId, changeKey: string): boolean;
  /** Notes what this run has changed in the product. */
  spend(user: DirectoryUserId, change: PersonChange): void;
  /** A limit that the plan would exceed by now, because others have spent, too; null while the plan stands. */
  overspent(): Promise<Breach | null>;
  /** Takes one cancelled booking that the plan does not name out of the budget; false when nothing is left of it. */
  takeCancellation(user: DirectoryUserId): boolean;
}

/** What a budget is made of: the plan's part of the assessment, and where the rest is read. */
export interface BudgetBasis {
  readonly journal: Journal;
  /** `linked`: people with a link who were not offboarded. */
  readonly plan: Omit<Assessment, "spent">;
  readonly released: ReadonlySet<DirectoryUserId>;
  /** Whether an open approval covers this change. */
  approved(changeKey: string): boolean;
  /** The plan's people before the gate. */
  people(): AsyncIterable<PersonPlan>;
  readonly elapsed: Elapsed;
}

/** Counts what was spent in the last 24 h and holds the plan against it. */
export async function openBudget(basis: BudgetBasis): Promise<Budget> {
  const { journal, released } = basis;
  const since = basis.elapsed.now() - WINDOW_MS;
  // Those who left within the window count as if they were still here: ten who leave one by one are as many as ten at once.
  const plan = { ...basis.plan, linked: basis.plan.linked + (await journal.offboardedSince(since)) };
  const counted = await journal.spentSince(since);
  const suspects = assess({ ...plan, spent: counted });
  const again = suspects.length === 0 ? ZERO_COUNTS : await countAgain(basis, since, suspects);
  const spent = minus(counted, again);
  const breaches = suspects.length === 0 ? suspects : assess({ ...plan, spent });
  const { cancelBookings } = plan.limits;
  const made: Record<LimitName, number> = { ...ZERO_COUNTS };
  let room = allowance(cancelBookings, plan.linked) - spent.cancelBookings - plan.planned.cancelBookings;
  const isLifted = (user: DirectoryUserId, key: string): boolean => released.has(user) || basis.approved(key);
  return {
    breaches,
    isLifted,
    spend(user, change) {
      const limit = limitOf(change);
      if (limit !== null && !isLifted(user, changeKey(user, change))) made[limit] += 1;
    },
    async overspent() {
      const counted = await journal.spentSince(basis.elapsed.now() - WINDOW_MS);
      const fresh = assess({ ...plan, spent: minus(minus(counted, again), made) });
      return fresh.find(({ limit }) => !breaches.some((known) => known.limit === limit)) ?? null;
    },
    takeCancellation(user) {
      if (released.has(user)) return true;
      room -= 1;
      return room >= 0;
    },
  };
}

/**
 * How much of what counts as spent is the very changes of this plan: those whose outcome nobody knew, and which are to be
 * made (sure) now. A change counts once, however often it had to be tried.
 */
async function countAgain(
  { journal, people, released }: BudgetBasis,
  since: number,
  suspects: readonly Breach[],
): Promise<LimitCounts> {
  const counts: Record<LimitName, number> = { ...ZERO_COUNTS };
  const limits = new Set(suspects.filter(({ spent }) => spent > 0).map(({ limit }) => limit));
  if (limits.size === 0) return counts;
  for await (const { user, changes } of people()) {
    const limited = changes.flatMap((change) => {
      const limit = limitOf(change);
      return limit !== null && limits.has(limit) ? [{ limit, key: changeKey(user, change) }] : [];
    });
    if (limited.length === 0 || released.has(user)) continue;
    const entries = (await journal.entries(user)).filter(({ elapsedMs }) => elapsedMs >= since);
    for (const { limit, key } of limited) if (wasLeftOpen(entries, key)) counts[limit] += 1;
  }
  return counts;
}

function wasLeftOpen(entries: readonly JournalEntry[], key: string): boolean {
  const own = entries.filter((entry) => entry.key === key);
  return own.some(({ state }) => state === "unknown") && own.every(({ state }) => state !== "changed");
}

function minus(counts: LimitCounts, less: LimitCounts): LimitCounts {
  return Object.fromEntries(
    Object.entries(counts).map(([limit, count]) => [limit, Math.max(0, count - less[limit as LimitName])]),
  ) as Record<LimitName, number>;
}
