import type { AccountProfile } from "../domain/account.ts";

/** The fields of a profile, in the order in which they are shown. */
export const PROFILE_FIELDS = ["email", "displayName", "givenName", "familyName", "timezone", "locale"] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];

/** What one field should be and is. `moved`: the directory changed it; else the product was edited by hand. */
export interface FieldDifference {
  readonly field: ProfileField;
  readonly moved: boolean;
}

/**
 * Compares three ways, field by field: what should be, what is, what we last wrote.
 *
 * | desired and observed | desired and applied | result |
 * |---|---|---|
 * | equal | any | nothing |
 * | differ | equal | drift: the product was edited |
 * | differ | differ, or never written | moved: the directory changed |
 *
 * Fields absent from `desired` are not ours. Values are compared exactly, letter case included: `desired` is in the
 * product's own canonical form, so that a product which folds case never differs in case only.
 */
export function diffProfile(
  desired: AccountProfile,
  observed: AccountProfile,
  applied: AccountProfile | null,
): readonly FieldDifference[] {
  return PROFILE_FIELDS.filter((field) => isDifferent(field, desired, observed)).map((field) => ({
    field,
    moved: applied?.[field] !== desired[field],
  }));
}

/** True where `diffProfile` finds nothing, whatever was written. */
export function isSameProfile(desired: AccountProfile, observed: AccountProfile): boolean {
  return !PROFILE_FIELDS.some((field) => isDifferent(field, desired, observed));
}

function isDifferent(field: ProfileField, desired: AccountProfile, observed: AccountProfile): boolean {
  return desired[field] !== undefined && desired[field] !== observed[field];
}

/** The part of a profile that the mapping owns: those fields that `desired` has, with the values of `source`. */
export function ownedPart(source: AccountProfile, desired: AccountProfile): AccountProfile {
  const owned = PROFILE_FIELDS.filter((field) => desired[field] !== undefined && source[field] !== undefined);
  return { email: source.email, ...Object.fromEntries(owned.map((field) => [field, source[field]])) };
}

/** Why a field is to be changed, in words. */
export function explainField({ field, moved }: FieldDifference): string {
  return moved ? `${field} changed in the directory` : `${field} was edited in the product`;
}
