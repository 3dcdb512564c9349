import type { DesiredAccount } from "../../domain/account.ts";
import type { Mapping } from "../../mapping/compile.ts";
import { isSameProfile } from "../../planning/diff.ts";
import { ruledGroups } from "./takeover.ts";

/** In what two mappings differ beside what they give each person. */
export interface Contrast {
  /** Groups that a rule of either names. */
  readonly named: ReadonlySet<string>;
  /** Groups that only one of them rules: whoever is in one by hand stays under the one, and goes under the other. */
  readonly contested: ReadonlySet<string>;
  readonly savedRules: ReadonlySet<string>;
  readonly editRules: ReadonlySet<string>;
  /** Groups that are not there are made under one of them only. */
  readonly creation: boolean;
  /** What becomes of those who come back differs. */
  readonly rehire: boolean;
}

/** Compares two mappings. */
export function contrastOf(saved: Mapping, edit: Mapping): Contrast {
  const [savedRules, editRules] = [ruledGroups(saved), ruledGroups(edit)];
  return {
    named: saved.managedGroups.union(edit.managedGroups),
    contested: savedRules.symmetricDifference(editRules),
    savedRules,
    editRules,
    creation: saved.createMissing !== edit.createMissing,
    rehire: saved.rehire !== edit.rehire,
  };
}

/** True where both mappings give a person the same; their place in the queue for a seat aside. */
export function givesSame(before: DesiredAccount, after: DesiredAccount): boolean {
  return (
    before.status === after.status &&
    before.leaver === after.leaver &&
    before.seat === after.seat &&
    before.groups.length === after.groups.length &&
    before.groups.every((group, index) => group === after.groups[index]) &&
    isSameProfile(before.profile, after.profile) &&
    isSameProfile(after.profile, before.profile)
  );
}

/**
 * Groups somebody is in at the end, of those that either mapping names: what they are given, and what they are in by hand
 * where the mapping leaves that alone.
 */
export function endGroups(
  { status, groups }: DesiredAccount,
  current: readonly string[],
  rules: ReadonlySet<string>,
  named: ReadonlySet<string>,
): readonly string[] {
  if (status !== "active") return [];
  const kept = current.filter((group) => named.has(group) && !rules.has(group) && !groups.includes(group));
  // The product may have several groups of one name.
  return kept.length === 0 ? groups : [...new Set([...groups, ...kept])];
}
