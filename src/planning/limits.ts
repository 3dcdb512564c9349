import type { Breach, Limit, LimitCounts, LimitName, Limits } from "../domain/plan.ts";

/** Every limit, in the order in which they are shown. */
export const LIMIT_NAMES: readonly LimitName[] = [
  "deactivate",
  "delete",
  "cancelBookings",
  "removeFromGroup",
  "releaseSeat",
  "update",
  "create",
  "adopt",
];

/** How many changes a limit allows in 24 h: `max(floor, min(max, percent of linked people))`, rounded down. */
export function allowance({ floor, max, percent }: Limit, linked: number): number {
  const share = percent === null ? max : Math.floor((linked * percent) / 100);
  return Math.max(floor, Math.min(max, share));
}

/** What the limits are held against. */
export interface Assessment {
  /** Changes of this plan that nothing else holds, without those of released people. */
  readonly planned: LimitCounts;
  /** Of those, how many an open approval covers. */
  readonly approved: LimitCounts;
  /** Changes made in the last 24 h, by this and earlier runs. */
  readonly spent: LimitCounts;
  readonly limits: Limits;
  /** People with a link who were not offboarded: what percentages are of. */
  readonly linked: number;
  /** Accounts of the product that are active or invited now; null when that is not known. */
  readonly active: number | null;
  /** Accounts that this plan shuts. */
  readonly deactivating: number;
}

/**
 * The limits that this plan exceeds, at most one breach each. A plan that spends nothing under a limit does not breach
 * it; nor does one whose every change under it is approved. A plan that grew since its approval is breached again.
 *
 * Shutting the last active account breaches whatever the budget says. New accounts do not make up for it: leavers go
 * first, and a create may fail.
 */
export function assess(assessment: Assessment): readonly Breach[] {
  return LIMIT_NAMES.flatMap((limit) => breachOf(limit, assessment) ?? []);
}

function breachOf(limit: LimitName, assessment: Assessment): Breach | null {
  const planned = assessment.planned[limit];
  if (planned === 0 || assessment.approved[limit] >= planned) return null;
  const spent = assessment.spent[limit];
  const allowed = allowance(assessment.limits[limit], assessment.linked);
  if (shutsTheLast(limit, assessment)) return { limit, planned, spent, allowed, rule: "last-account" };
  return spent + planned > allowed ? { limit, planned, spent, allowed, rule: "budget" } : null;
}

function shutsTheLast(limit: LimitName, { active, deactivating }: Assessment): boolean {
  if (limit !== "deactivate" && limit !== "delete") return false;
  return active !== null && deactivating > 0 && deactivating >= active;
}
