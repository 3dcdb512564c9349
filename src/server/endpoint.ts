import type { DirectoryId, GroupWithMembers, Meta, Person } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { GroupProvisioning } from "../engine/staging/group-provisioning.ts";
import type { Provisioning } from "../engine/staging/provisioning.ts";
import type { Origin, Showing } from "../engine/staging/staging.ts";
import type { ExpectedVersion } from "../engine/staging/versions.ts";
import type { Listed, ListQuery } from "../ports/directory-tx.ts";
import { groupToWire, parseGroup } from "../scim/group.ts";
import { parsePatch } from "../scim/parse-patch.ts";
import { GROUP_TYPE, USER_TYPE } from "../scim/resource-types.ts";
import type { ResourceType } from "../scim/schema.ts";
import { parseUser, userToWire } from "../scim/user.ts";

/** A resource that is staged, as answers need it. */
export interface Staged {
  readonly id: string;
  readonly meta: Meta;
  /** The full representation, with memberships where they were asked for. */
  toWire(): JsonObject;
}

/**
 * What is served of one resource type: the same for requests and for the operations of a bulk request. Bodies are JSON
 * that nobody has looked at yet. All throw ScimError.
 */
export interface Endpoint {
  readonly type: ResourceType;
  /** The largest body of a request. */
  readonly maxBodyBytes: number;
  create(origin: Origin, body: unknown, showing: Showing): Promise<Staged>;
  replace(origin: Origin, id: string, body: unknown, expected: ExpectedVersion, showing: Showing): Promise<Staged>;
  patch(origin: Origin, id: string, body: unknown, expected: ExpectedVersion, showing: Showing): Promise<Staged>;
  remove(origin: Origin, id: string, expected: ExpectedVersion): Promise<void>;
  get(directory: DirectoryId, id: string, showing: Showing): Promise<Staged>;
  list(directory: DirectoryId, query: ListQuery): Promise<Listed<Staged>>;
}

const MEGABYTE = 1024 * 1024;

/** `/Users`. `baseUrl` is that of the SCIM endpoints. */
export function userEndpoint(users: Provisioning, baseUrl: string): Endpoint {
  const staged = (person: Person): Staged => stagedUser(person, baseUrl);
  return {
    type: USER_TYPE,
    maxBodyBytes: MEGABYTE,
    create: async (origin, body, showing) => staged(await users.createUser(origin, parseUser(body), showing)),
    replace: async (origin, id, body, expected, showing) =>
      staged(await users.replaceUser(origin, id, parseUser(body), expected, showing)),
    patch: async (origin, id, body, expected, showing) =>
      staged(await users.patchUser(origin, id, parsePatch(body), expected, showing)),
    remove: (origin, id, expected) => users.deleteUser(origin, id, expected),
    get: async (directory, id, showing) => staged(await users.getUser(directory, id, showing)),
    list: async (directory, query) => listed(await users.listUsers(directory, query), staged),
  };
}

/** `/Groups`. Its bodies hold 50,000 members and more. */
export function groupEndpoint(groups: GroupProvisioning, baseUrl: string): Endpoint {
  const staged = (group: GroupWithMembers): Staged => stagedGroup(group, baseUrl);
  return {
    type: GROUP_TYPE,
    maxBodyBytes: 8 * MEGABYTE,
    create: async (origin, body, showing) => staged(await groups.createGroup(origin, parseGroup(body), showing)),
    replace: async (origin, id, body, expected, showing) =>
      staged(await groups.replaceGroup(origin, id, parseGroup(body), expected, showing)),
    patch: async (origin, id, body, expected, showing) =>
      staged(await groups.patchGroup(origin, id, parsePatch(body), expected, showing)),
    remove: (origin, id, expected) => groups.deleteGroup(origin, id, expected),
    get: async (directory, id, showing) => staged(await groups.getGroup(directory, id, showing)),
    list: async (directory, query) => listed(await groups.listGroups(directory, query), staged),
  };
}

/** A user for an answer. */
export function stagedUser({ user, groups }: Person, baseUrl: string): Staged {
  return { id: user.id, meta: user.meta, toWire: () => userToWire(user, { baseUrl, groups }) };
}

/** A group for an answer. */
export function stagedGroup(value: GroupWithMembers, baseUrl: string): Staged {
  const { id, meta } = value.group;
  return { id, meta, toWire: () => groupToWire(value, { baseUrl }) };
}

function listed<T>({ items, total, next }: Listed<T>, staged: (item: T) => Staged): Listed<Staged> {
  return { items: items.map(staged), total, next };
}
