import type { GroupWithMembers, Person } from "../../domain/directory.ts";
import type { DirectoryReadTx, Listed, ListQuery, SortOrder } from "../../ports/directory-tx.ts";
import { lookUp } from "../../scim/attribute-target.ts";
import { groupToWire } from "../../scim/group.ts";
import { GROUP_TYPE, USER_TYPE } from "../../scim/resource-types.ts";
import type { ResourceType } from "../../scim/schema.ts";
import { compareSortKeys, compileSortKey, type SortKey } from "../../scim/sort-key.ts";
import { userToWire } from "../../scim/user.ts";

/** A resource of either type. */
export type Found =
  { readonly type: "User"; readonly person: Person } | { readonly type: "Group"; readonly group: GroupWithMembers };

/** A question about users and groups at once. What one of the types lacks matches nothing there. */
export interface SearchQuery extends Omit<ListQuery, "unknownAttributes" | "withMemberships"> {
  /** Whether the answer shows the groups of users. */
  readonly withGroups: boolean;
  /** Whether the answer shows the members of groups. */
  readonly withMembers: boolean;
}

/** Some of the resources of one type that a search finds. */
export type Part = Pick<ListQuery, "from" | "limit">;

/** Asks for some of one type, in the order of the search. */
export type AskPart = (part: Part) => Promise<Listed<Found>>;

/** Asks for the users that a search finds. */
export function usersOf(tx: DirectoryReadTx, query: SearchQuery): AskPart {
  const sort = sortIn(USER_TYPE, query.sort);
  const withMemberships = query.withGroups || isBy(sort, USER_TYPE, "groups");
  return async (part) => {
    const found = await tx.people({ ...asListQuery(query), ...part, sort, withMemberships });
    return { ...found, items: found.items.map((person) => ({ type: "User", person })) };
  };
}

/** Asks for the groups that a search finds. */
export function groupsOf(tx: DirectoryReadTx, query: SearchQuery): AskPart {
  const sort = sortIn(GROUP_TYPE, query.sort);
  const withMemberships = query.withMembers || isBy(sort, GROUP_TYPE, "members");
  return async (part) => {
    const found = await tx.groups({ ...asListQuery(query), ...part, sort, withMemberships });
    return { ...found, items: found.items.map((group) => ({ type: "Group", group })) };
  };
}

/** Merges users and groups, each in the order of the store; among equals users stay before groups. */
export function mergerBy({
  path,
  descending,
}: SortOrder): (...parts: readonly (readonly Found[])[]) => readonly Found[] {
  const keyOf = sortKeys(path);
  return (...parts) =>
    parts
      .flat()
      .map((found) => ({ found, key: keyOf(found) }))
      // toSorted is stable.
      .toSorted((a, b) => compareSortKeys(a.key, b.key, descending))
      .map(({ found }) => found);
}

function asListQuery({ filter }: SearchQuery): Pick<ListQuery, "filter" | "unknownAttributes"> {
  return { filter, unknownAttributes: "absent" };
}

/** Nothing of a type that lacks the attribute has a value: what is equal stays in the order of creation. */
function sortIn(type: ResourceType, sort: SortOrder | null): SortOrder | null {
  return sort === null || lookUp(sort.path, type) === undefined ? null : sort;
}

function isBy(sort: SortOrder | null, type: ResourceType, attribute: string): boolean {
  return sort !== null && lookUp(sort.path, type)?.attribute.name === attribute;
}

function sortKeys(path: SortOrder["path"]): (found: Found) => SortKey {
  const userKey = compileSortKey(path, USER_TYPE, { unknownAttributes: "absent" });
  const groupKey = compileSortKey(path, GROUP_TYPE, { unknownAttributes: "absent" });
  // Addresses begin alike for all of a type, so that the base makes no difference within it.
  const baseUrl = "";
  return (found) =>
    found.type === "User"
      ? userKey(userToWire(found.person.user, { baseUrl, groups: found.person.groups }))
      : groupKey(groupToWire(found.group, { baseUrl }));
}
