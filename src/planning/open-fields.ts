import type { DesiredAccount, ObservedAccount } from "../domain/account.ts";
import type { PlanContext } from "./context.ts";
import { diffProfile } from "./diff.ts";
import type { FieldDifference, ProfileField } from "./diff.ts";
import type { AccountProfile } from "../domain/account.ts";

/** Differences of a profile that may be written now, and what is told of the others. */
export interface OpenFields {
  readonly differences: readonly FieldDifference[];
  readonly notes: readonly string[];
}

/**
 * Compares as `diffProfile` does, and keeps what the product lets us write. A difference in another field is told, every
 * time anew, and never planned: it would be refused, or seem to be taken and come back in the next plan. Nothing is written
 * to an account whose invitation is not accepted, and of a field that such an account does not show nothing is told.
 */
export function openFields(
  desired: DesiredAccount,
  account: ObservedAccount,
  applied: AccountProfile | null,
  { updates }: Pick<PlanContext, "updates">,
): OpenFields {
  const all = diffProfile(desired.profile, account.profile, applied);
  const isPending = account.status === "pending";
  const fixed = all.filter(({ field }) => !updates.has(field) && !(isPending && account.profile[field] === undefined));
  return {
    differences: isPending ? [] : all.filter(({ field }) => updates.has(field)),
    notes: fixed.map(({ field }) => fixedNote(field, account.profile[field], desired.profile[field])),
  };
}

/** Fields that follow once an invitation is accepted. */
export function waitingFields(
  desired: DesiredAccount,
  account: ObservedAccount,
  { updates }: Pick<PlanContext, "updates">,
): readonly ProfileField[] {
  return diffProfile(desired.profile, account.profile, null).flatMap(({ field }) => (updates.has(field) ? field : []));
}

/** True for a note of a difference that the product does not let us mend. */
export function isFixedNote(note: string): boolean {
  return /^The product does not let (?:email|[a-z]+Name|timezone|locale) be changed: /.test(note);
}

function fixedNote(field: ProfileField, shown = "", wanted = ""): string {
  return `The product does not let ${field} be changed: it shows ${quoted(shown)}, the directory says ${quoted(wanted)}. Change it there by hand.`;
}

function quoted(value: string): string {
  return value === "" ? "nothing" : JSON.stringify(value);
}
