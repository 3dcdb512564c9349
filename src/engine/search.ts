import type { DirectoryId, GroupWithMembers, Person } from "../domain/directory.ts";
import { InvalidCursorError, TooManyError } from "../domain/errors.ts";
import type { DirectoryReadTx, Listed, ListQuery, SortOrder } from "../ports/directory-tx.ts";
import type { Store } from "../ports/store.ts";
import { lookUp } from "../scim/attribute-target.ts";
import { groupToWire } from "../scim/group.ts";
import { GROUP_TYPE, USER_TYPE } from "../scim/resource-types.ts";
import type { ResourceType } from "../scim/schema.ts";
import { compareSortKeys, compileSortKey, type SortKey } from "../scim/sort-key.ts";
import { userToWire } from "../scim/user.ts";

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

/**
 * Searches users and groups of one directory (RFC 7644 section 3.4.3). Without an order users come first,
 * then groups; with one the two are merged, and equal values keep that order. `next` counts resources.
 * Throws as a list of one type does, and TooManyError for a page of a sorted search that begins too far behind.
 */
export interface Search {
  find(directory: DirectoryId, query: SearchQuery): Promise<Listed<Found>>;
}

/** A sorted page is merged from all that stand before it; so many may. */
const MAX_MERGED = 10_000;

/** Makes the use case over one store. */
export function createSearch(store: Store): Search {
  return {
    find: (directory, query) =>
      store.read(directory, async (tx) => {
        const offset = offsetOf(query.from);
        const { items, total } = await (query.sort === null
          ? oneAfterTheOther(tx, query, offset)
          : merged(tx, query, query.sort, offset));
        const end = offset + items.length;
        return { items, total, next: items.length > 0 && end < total ? String(end) : null };
      }),
  };
}

type Page = Omit<Listed<Found>, "next">;

async function oneAfterTheOther(tx: DirectoryReadTx, query: SearchQuery, offset: number): Promise<Page> {
  const { limit } = query;
  const users = await people(tx, query, { sort: null, from: { offset }, limit });
  const groupsFrom = { offset: Math.max(offset - users.total, 0) };
  const groups = await groupsOf(tx, query, { sort: null, from: groupsFrom, limit: limit - users.items.length });
  return { items: [...users.items, ...groups.items], total: users.total + groups.total };
}

async function merged(tx: DirectoryReadTx, query: SearchQuery, sort: SortOrder, offset: number): Promise<Page> {
  const end = offset + query.limit;
  if (end > MAX_MERGED) {
    throw new TooManyError(`A sorted search over several types gives its first ${MAX_MERGED} resources only.`);
  }
  const window = { from: { offset: 0 }, limit: end };
  const users = await people(tx, query, { ...window, sort: sortIn(USER_TYPE, sort) });
  const groups = await groupsOf(tx, query, { ...window, sort: sortIn(GROUP_TYPE, sort) });
  const keyOf = sortKeys(sort);
  const keyed = [...users.items, ...groups.items].map((found) => ({ found, key: keyOf(found) }));
  // toSorted is stable: among equals users stay before groups, each in the store's order.
  const ordered = keyed.toSorted((a, b) => compareSortKeys(a.key, b.key, sort.descending));
  return { items: ordered.slice(offset, end).map(({ found }) => found), total: users.total + groups.total };
}

type Part = Pick<ListQuery, "sort" | "from" | "limit">;

async function people(tx: DirectoryReadTx, query: SearchQuery, part: Part): Promise<Page> {
  const withMemberships = query.withGroups || isBy(part.sort, USER_TYPE, "groups");
  const { items, total } = await tx.people({ ...asListQuery(query), ...part, withMemberships });
  return { items: items.map((person) => ({ type: "User", person })), total };
}

async function groupsOf(tx: DirectoryReadTx, query: SearchQuery, part: Part): Promise<Page> {
  const withMemberships = query.withMembers || isBy(part.sort, GROUP_TYPE, "members");
  const { items, total } = await tx.groups({ ...asListQuery(query), ...part, withMemberships });
  return { items: items.map((group) => ({ type: "Group", group })), total };
}

function asListQuery({ filter }: SearchQuery): Pick<ListQuery, "filter" | "unknownAttributes"> {
  return { filter, unknownAttributes: "absent" };
}

/** Nothing of a type that lacks the attribute has a value: what is equal stays in the order of creation. */
function sortIn(type: ResourceType, sort: SortOrder): SortOrder | null {
  return lookUp(sort.path, type) === undefined ? null : sort;
}

function isBy(sort: SortOrder | null, type: ResourceType, attribute: string): boolean {
  return sort !== null && lookUp(sort.path, type)?.attribute.name === attribute;
}

function sortKeys({ path }: SortOrder): (found: Found) => SortKey {
  const userKey = compileSortKey(path, USER_TYPE, { unknownAttributes: "absent" });
  const groupKey = compileSortKey(path, GROUP_TYPE, { unknownAttributes: "absent" });
  // Addresses begin alike for all of a type, so that the base makes no difference within it.
  const baseUrl = "";
  return (found) =>
    found.type === "User"
      ? userKey(userToWire(found.person.user, { baseUrl, groups: found.person.groups }))
      : groupKey(groupToWire(found.group, { baseUrl }));
}

function offsetOf(from: ListQuery["from"]): number {
  if ("offset" in from) return from.offset;
  if (from.after === null) return 0;
  if (!/^\d{1,15}$/.test(from.after)) throw new InvalidCursorError("The cursor is none of this server.");
  return Number(from.after);
}
