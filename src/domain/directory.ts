import type { Brand, Instant } from "./brand.ts";
import type { JsonObject } from "./json.ts";

/** One IdP connection, named in the configuration. */
export type DirectoryId = Brand<string, "DirectoryId">;
/** SCIM `id` of a user: made by us, opaque, never used again for anybody else. */
export type DirectoryUserId = Brand<string, "DirectoryUserId">;
/** SCIM `id` of a group: made by us, opaque. */
export type DirectoryGroupId = Brand<string, "DirectoryGroupId">;

/** What SCIM's `meta` says of a resource (RFC 7643 section 3.1); `version` counts from 1 and grows with every real change. */
export interface Meta {
  readonly created: Instant;
  readonly lastModified: Instant;
  readonly version: number;
}

/**
 * A user as the IdP pushed it and as we staged it.
 *
 * `resource` is the whole SCIM representation in canonical attribute names: core attributes at the top level, each
 * extension under its URN. It never holds `schemas`, `id`, `meta`, `groups` or `password`. The other properties repeat
 * the parts that identity and safety depend on.
 */
export interface DirectoryUser {
  readonly id: DirectoryUserId;
  readonly directory: DirectoryId;
  /** The IdP's own key, compared exactly; unique per directory among users that are not deleted. */
  readonly externalId?: string;
  /** Unique per directory, compared without case (RFC 7643 section 4.1.1). */
  readonly userName: string;
  readonly active: boolean;
  /** When the IdP last made this user inactive; absent while active. */
  readonly leftAt?: Instant;
  readonly resource: JsonObject;
  readonly meta: Meta;
}

/**
 * A group as the IdP pushed it, without its members: there may be tens of thousands, and most questions are not about
 * them. `resource` is as that of a DirectoryUser, and never holds `members`.
 */
export interface DirectoryGroup {
  readonly id: DirectoryGroupId;
  readonly directory: DirectoryId;
  /** The IdP's own key, compared exactly; unique per directory. */
  readonly externalId?: string;
  /** Unique per directory, compared without case: Entra and Okta find groups by it. */
  readonly displayName: string;
  readonly resource: JsonObject;
  readonly meta: Meta;
}

/** What an IdP says of one member of a group. `value` is compared exactly; it need not be anybody who is here yet. */
export interface MemberDraft {
  readonly value: string;
  /** As it was sent; `User` or `Group` from those who know RFC 7643. */
  readonly type?: string;
  readonly display?: string;
}

/**
 * A member as it is staged. `refersTo` is what `value` names in this directory at the time of reading: the resource with
 * that `id`, else the user with that `externalId`; null while nobody is here whom it could name.
 */
export interface GroupMember extends MemberDraft {
  readonly refersTo: { readonly type: "User" | "Group"; readonly id: string } | null;
}

/** A group and its members, in the order in which they came. */
export interface GroupWithMembers {
  readonly group: DirectoryGroup;
  /** Null when they were not asked for. */
  readonly members: readonly GroupMember[] | null;
}

/**
 * A change of a group's members. On top of `stored`: `put` are added where they are missing, `drop` are taken out. On top
 * of `none`: `put` are all the members that remain, as they are described there. No value is in both. A member who is there
 * under the other of their two names, id and `externalId`, is there.
 */
export interface MembersChange {
  readonly base: "stored" | "none";
  readonly put: readonly MemberDraft[];
  readonly drop: readonly string[];
  /** A PUT: whoever stays must not be said to be of another `type`, which is immutable (RFC 7644 section 3.5.1). */
  readonly keepsTypes?: true;
}

/** One person as the mapping sees them, at one revision of the directory. A tombstone (`deletedAt`) is still a leaver. */
export interface Person {
  readonly user: DirectoryUser;
  readonly deletedAt: Instant | null;
  readonly groups: readonly Pick<DirectoryGroup, "id" | "displayName">[];
}
