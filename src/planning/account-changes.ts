import type { AccountProfile, DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { AccountRef, Cause, PersonChange } from "../domain/plan.ts";
import { explainField, ownedPart } from "./diff.ts";
import type { FieldDifference } from "./diff.ts";
import { groupChanges, seatChanges } from "./entitlements.ts";
import type { EntitlementRules } from "./entitlements.ts";

const NOTHING = { seat: null, groups: [] } as const;

/** Opens a deactivated account again. */
export function reactivation(account: ObservedAccount, { because }: DesiredAccount, cause: Cause): PersonChange {
  return { kind: "reactivate-account", cause, because, account: account.id };
}

/** Writes these differences to what is desired, and nothing else: `after` has the observed value of every other field. */
export function updateChanges(
  account: ObservedAccount,
  desired: AccountProfile,
  differences: readonly FieldDifference[],
  cause: Cause,
): readonly PersonChange[] {
  if (differences.length === 0) return [];
  const before = ownedPart(account.profile, desired);
  const after = { ...before, ...Object.fromEntries(differences.map(({ field }) => [field, desired[field]])) };
  const because = differences.map(explainField);
  return [{ kind: "update-account", cause, because, account: account.id, before, after }];
}

/** Seat and groups, all for one cause, but for groups that wait; `account` null: it is yet to be made. */
export function entitlementChanges(
  desired: DesiredAccount,
  account: ObservedAccount | null,
  cause: Cause,
  rules: EntitlementRules,
): readonly PersonChange[] {
  const { seat, groups } = account ?? NOTHING;
  const ref: AccountRef = account === null ? { by: "user", user: desired.user } : { by: "id", id: account.id };
  const seats = seatChanges(desired, seat, ref, cause);
  return rules.groupsWait(account) ? seats : [...seats, ...groupChanges(desired, groups, ref, () => cause, rules)];
}
