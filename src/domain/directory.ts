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

/** A group as the IdP pushed it. */
export interface DirectoryGroup {
  readonly id: DirectoryGroupId;
  readonly directory: DirectoryId;
  readonly externalId?: string;
  readonly displayName: string;
  readonly meta: Meta;
}

/** One person as the mapping sees them, at one revision of the directory. A tombstone (`deletedAt`) is still a leaver. */
export interface Person {
  readonly user: DirectoryUser;
  readonly deletedAt: Instant | null;
  readonly groups: readonly Pick<DirectoryGroup, "id" | "displayName">[];
}
