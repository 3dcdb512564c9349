import type {
  DesiredAccount,
  Entitlements,
  ObservedAccount,
  ObservedGroup,
  ProductGroupId,
  Seat,
} from "../domain/account.ts";
import type { AccountRef, Cause, GroupRef, PersonChange } from "../domain/plan.ts";
import type { PlanContext } from "./context.ts";

/** The product's groups, to be found by name and by id. Of groups with one name the first by id is taken. */
export interface GroupIndex {
  readonly byName: ReadonlyMap<string, ObservedGroup>;
  readonly byId: ReadonlyMap<ProductGroupId, ObservedGroup>;
}

/** Indexes groups; names are compared exactly. */
export function indexGroups(groups: readonly ObservedGroup[]): GroupIndex {
  const sorted = groups.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return {
    byName: new Map(sorted.map((group) => [group.name, group])),
    byId: new Map(sorted.map((group) => [group.id, group])),
  };
}

/** What seats and groups depend on beside the person. */
export interface EntitlementRules {
  readonly groups: GroupIndex;
  readonly managedGroups: ReadonlySet<string>;
  readonly authoritative: boolean;
  /** True where the groups of this account, or of one that is yet to be made (null), follow once an invitation is accepted. */
  groupsWait(account: ObservedAccount | null): boolean;
}

/** The rules of one plan. Groups that can never be given do not wait: they are held as what the product cannot do. */
export function entitlementRules(
  context: Pick<PlanContext, "changes" | "invites" | "pendingGroups" | "managedGroups" | "authoritative">,
  groups: GroupIndex,
): EntitlementRules {
  const { managedGroups, authoritative, invites } = context;
  const doWait = !context.pendingGroups && context.changes.has("add-to-group");
  return {
    groups,
    managedGroups,
    authoritative,
    groupsWait: (account) => doWait && (account === null ? invites : account.status === "pending"),
  };
}

/** Takes a seat from one pool and gives one from another; nothing when it is the same. */
export function seatChanges(
  desired: DesiredAccount,
  current: Seat | null,
  account: AccountRef,
  cause: Cause,
): readonly PersonChange[] {
  if (desired.seat === current) return [];
  const rules = desired.because.filter((rule) => rule.startsWith("seats."));
  const because = cause === "drift" ? [...rules, "the seat was edited in the product"] : rules;
  return [
    ...(current === null ? [] : [{ kind: "release-seat", cause, because, account, seat: current } as const]),
    ...(desired.seat === null ? [] : [{ kind: "assign-seat", cause, because, account, seat: desired.seat } as const]),
  ];
}

/**
 * Puts a person into the groups that the mapping names and, where it is authoritative, takes them out of other groups
 * that some rule names. Groups that no rule names are never touched. `causeOf` says why a group, by its name, is not
 * as it should be.
 */
export function groupChanges(
  desired: DesiredAccount,
  current: readonly ProductGroupId[],
  account: AccountRef,
  causeOf: (group: string) => Cause,
  rules: EntitlementRules,
): readonly PersonChange[] {
  const { groups } = rules;
  const { missing, surplus } = compareGroups(desired, current, rules);
  return [
    ...missing.map((name) => {
      const cause = causeOf(name);
      const why = desired.because.filter((rule) => rule.endsWith(` → ${name}`));
      const because = cause === "drift" ? [...why, `they were taken out of ${name} in the product`] : why;
      return { kind: "add-to-group", cause, because, account, group: groupRef(name, groups) } as const;
    }),
    ...surplus.map(({ id, name }) => {
      const cause = causeOf(name);
      const why = `no rule puts them into ${name}`;
      const because = cause === "drift" ? [why, `they were put into ${name} in the product`] : [why];
      return { kind: "remove-from-group", cause, because, account, group: { by: "id", id, name } } as const;
    }),
  ];
}

/** True where `groupChanges` finds nothing to do. */
export function hasSameGroups(
  desired: DesiredAccount,
  current: readonly ProductGroupId[],
  rules: EntitlementRules,
): boolean {
  const { missing, surplus } = compareGroups(desired, current, rules);
  return missing.length + surplus.length === 0;
}

/** Groups that somebody should be in and is not, by name, and those that they are in and should not be. */
function compareGroups(
  desired: DesiredAccount,
  current: readonly ProductGroupId[],
  { groups, managedGroups, authoritative }: EntitlementRules,
): { readonly missing: readonly string[]; readonly surplus: readonly ObservedGroup[] } {
  const present = presentGroups(current, groups);
  // Lists, not sets: nobody is in many groups, and everybody comes through here.
  const missing = desired.groups.filter((wanted) => !present.some(({ name }) => name === wanted));
  const isSurplus = ({ name }: ObservedGroup): boolean => managedGroups.has(name) && !desired.groups.includes(name);
  return { missing, surplus: authoritative ? present.filter(isSurplus) : [] };
}

/** The seat and the groups that an account shows; groups that were not observed have no name, and are left out. */
export function shownEntitlements({ seat, groups }: ObservedAccount, { byId }: GroupIndex): Entitlements {
  return { seat, groups: sortedNames(presentGroups(groups, { byId }).map(({ name }) => name)) };
}

/** Names of groups as a link remembers them: sorted, each once. */
export function sortedNames(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)].sort();
}

function presentGroups(ids: readonly ProductGroupId[], { byId }: Pick<GroupIndex, "byId">): readonly ObservedGroup[] {
  return ids.map((id) => byId.get(id)).filter((group) => group !== undefined);
}

/** Takes a leaver out of every group, whoever manages it. */
export function leaveGroups(
  { id: account, groups }: ObservedAccount,
  because: readonly string[],
  index: GroupIndex,
): readonly PersonChange[] {
  return [...new Set(groups)].map((id) => ({
    kind: "remove-from-group",
    cause: "leaver",
    because,
    account: { by: "id", id: account },
    group: { by: "id", id, name: index.byId.get(id)?.name ?? id },
  }));
}

function groupRef(name: string, groups: GroupIndex): GroupRef {
  const group = groups.byName.get(name);
  return group === undefined ? { by: "name", name } : { by: "id", id: group.id, name };
}
