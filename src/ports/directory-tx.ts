import type { Instant } from "../domain/brand.ts";
import type {
  DirectoryGroup,
  DirectoryGroupId,
  DirectoryUser,
  DirectoryUserId,
  GroupMember,
  GroupWithMembers,
  MembersChange,
  Person,
} from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { AttributePath, FilterNode } from "../scim/filter.ts";

/** The order of a list (RFC 7644 section 3.4.2.3). Resources without a value come last ascending, first descending. */
export interface SortOrder {
  readonly path: AttributePath;
  readonly descending: boolean;
}

/** Where a page begins: so many resources behind the first, or behind the `next` of a page; null: at the first. */
export type PageStart = { readonly offset: number } | { readonly after: string | null };

/** A question about resources of one type (RFC 7644 section 3.4.2). */
export interface ListQuery {
  /** Null: all. */
  readonly filter: FilterNode | null;
  /** `absent`: an attribute that the type lacks matches nothing, as a search over several types needs it. */
  readonly unknownAttributes: "reject" | "absent";
  /** Null: the order of creation, which is also that of equal values. */
  readonly sort: SortOrder | null;
  readonly from: PageStart;
  readonly limit: number;
  /** Whether the answer shows the groups of people, or the members of groups; if not, they cost nothing. */
  readonly withMemberships: boolean;
}

/**
 * One page of an answer. `total` counts all matches. `next` is where the next page begins, an opaque text, null at the
 * end: nobody who is there all the while is left out or given twice, whatever comes and goes between two pages (in a list
 * that is sorted: unless what they are sorted by changes meanwhile).
 */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly next: string | null;
}

/** A deleted user whose key or e-mail a new user may inherit. */
export interface Tombstone {
  readonly user: DirectoryUser;
  readonly deletedAt: Instant;
}

/** What may be read inside one unit of one directory. Deleted users are gone here, but for `tombstoneOf`. */
export interface DirectoryReadTx {
  user(id: DirectoryUserId): Promise<DirectoryUser | undefined>;
  /** A live user with their groups, by name and then id. */
  person(id: DirectoryUserId): Promise<Person | undefined>;
  /** The groups that a live user is in, as `person` gives them. */
  groupsOf(user: DirectoryUser): Promise<Person["groups"]>;
  /** The live user with this `externalId`, compared exactly. */
  userByExternalId(externalId: string): Promise<DirectoryUser | undefined>;
  /**
   * Live users. Throws InvalidFilterError for a filter that compares what cannot be compared, InvalidPathError for an order
   * by what no schema has, InvalidCursorError for a position that is none, TooManyError for more matches than can be sorted.
   */
  people(query: ListQuery): Promise<Listed<Person>>;
  group(id: DirectoryGroupId): Promise<DirectoryGroup | undefined>;
  /** The members of a group that is here, in the order in which they came. */
  members(group: DirectoryGroupId): Promise<readonly GroupMember[]>;
  /** Throws as `people` does. */
  groups(query: ListQuery): Promise<Listed<GroupWithMembers>>;
  /** The stored version, tombstones included: `removeUser` grows it too. Undefined for ids unknown here. */
  versionOf(id: DirectoryUserId): Promise<number | undefined>;
  /** The newest deleted user with this `externalId`. */
  tombstoneOf(externalId: string): Promise<Tombstone | undefined>;
}

/** One line of the audit log. `detail` holds ids, counts and digests; no names, e-mails or tokens. */
export interface AuditEvent {
  readonly at: Instant;
  /** `token:<id>`, `cli`, `run:<id>`, `system`. */
  readonly actor: string;
  /** `noun.verb`, for example `user.created`. */
  readonly action: string;
  /** The id of what it happened to. */
  readonly subject: string;
  readonly detail: JsonObject;
}

/** Why somebody should be looked at. Leavers are taken before everybody else. */
export type WakeReason = "leaver" | "changed";

/** What may be written inside one unit of one directory; commits as one with its audit rows and wake-ups. */
export interface DirectoryWriteTx extends DirectoryReadTx {
  /**
   * Inserts (`expectedVersion` null) or replaces. Throws UniquenessError when another live user of this directory has the
   * `userName` (without case) or the `externalId`, VersionConflictError when the stored version is not the expected one.
   */
  putUser(user: DirectoryUser, expectedVersion: number | null): Promise<void>;
  /**
   * Leaves a tombstone: gone for every read of this port but `tombstoneOf`, still a leaver for the reconciler. Their
   * memberships go too, whether they name the user's id or `externalId`; the groups concerned get their next version.
   */
  removeUser(id: DirectoryUserId, at: Instant): Promise<void>;
  /**
   * Inserts (`expectedVersion` null) or replaces. Throws UniquenessError when another group of this directory has the
   * `displayName` (without case) or the `externalId`, VersionConflictError as `putUser`.
   */
  putGroup(group: DirectoryGroup, expectedVersion: number | null): Promise<void>;
  /** The group goes, and with it its members and its own memberships in other groups, which get their next version. */
  removeGroup(id: DirectoryGroupId, at: Instant): Promise<void>;
  /**
   * Returns the values that came, went, or (base `none`) are described otherwise; empty: nothing changed. The group keeps
   * its version: the next one is put by `putGroup`. Throws ResourceNotFoundError for a group that is not here.
   */
  changeMembers(group: DirectoryGroupId, change: MembersChange): Promise<readonly string[]>;
  /** Wakes the live users of this directory whom these member values name, by id or `externalId`. */
  wakeMembers(values: readonly string[], reason: WakeReason, at: Instant): Promise<void>;
  /** Wakes whoever is a member of the group. */
  wakeMembersOf(group: DirectoryGroupId, reason: WakeReason, at: Instant): Promise<void>;
  /** A rehire: the link of `from` (a tombstone) becomes that of `to`, and `from` is forgotten as a leaver. */
  inherit(from: DirectoryUserId, to: DirectoryUserId): Promise<void>;
  audit(event: AuditEvent): Promise<void>;
  /** Marks a person for the urgent lane. Waking twice is waking once; a leaver stays a leaver. */
  wake(user: DirectoryUserId, reason: WakeReason, at: Instant): Promise<void>;
}
