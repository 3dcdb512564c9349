import type { DesiredAccount, ObservedAccount, ObservedGroup, ProductGroupId, Seat } from "../domain/account.ts";
import type { AccountRef, Cause, GroupRef, PersonChange } from "../domain/plan.ts";

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
}

/** Takes a seat from one pool and gives one from another; nothing when it is the same. */
export function seatChanges(
  desired: DesiredAccount,
  current: Seat | null,
  account: AccountRef,
  cause: Cause,
): readonly PersonChange[] {
  if (desired.seat === current) return [];
  const because = desired.because.filter((rule) => rule.startsWith("seats."));
  return [
    ...(current === null ? [] : [{ kind: "release-seat", cause, because, account, seat: current } as const]),
    ...(desired.seat === null ? [] : [{ kind: "assign-seat", cause, because, account, seat: desired.seat } as const]),
  ];
}

/**
 * Puts a person into the groups that the mapping names and, where it is authoritative, takes them out of other groups
 * that some rule names. Groups that no rule names are never touched.
 */
export function groupChanges(
  desired: DesiredAccount,
  current: readonly ProductGroupId[],
  account: AccountRef,
  cause: Cause,
  rules: EntitlementRules,
): readonly PersonChange[] {
  const { groups, managedGroups, authoritative } = rules;
  const present = current.flatMap((id) => groups.byId.get(id) ?? []);
  const names = new Set(present.map(({ name }) => name));
  const wanted = new Set(desired.groups);
  const surplus = authoritative ? present.filter(({ name }) => managedGroups.has(name) && !wanted.has(name)) : [];
  return [
    ...desired.groups
      .filter((name) => !names.has(name))
      .map((name) => {
        const because = desired.because.filter((rule) => rule.endsWith(` → ${name}`));
        return { kind: "add-to-group", cause, because, account, group: groupRef(name, groups) } as const;
      }),
    ...surplus.map(({ id, name }) => {
      const because = [`no rule puts them into ${name}`];
      return { kind: "remove-from-group", cause, because, account, group: { by: "id", id, name } } as const;
    }),
  ];
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
