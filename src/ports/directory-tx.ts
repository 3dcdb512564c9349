import type { Instant } from "../domain/brand.ts";
import type { DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { FilterNode } from "../scim/filter.ts";

/** A question about resources (RFC 7644 section 3.4.2). `filter` null: all. `offset` counts from 0. */
export interface UserQuery {
  readonly filter: FilterNode | null;
  readonly offset: number;
  readonly limit: number;
}

/** One page of an answer, in the stable order of creation (then id). `total` counts all matches. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** A deleted user whose key or e-mail a new user may inherit. */
export interface Tombstone {
  readonly user: DirectoryUser;
  readonly deletedAt: Instant;
}

/** What may be read inside one unit of one directory. Deleted users are gone here, but for `tombstoneOf`. */
export interface DirectoryReadTx {
  user(id: DirectoryUserId): Promise<DirectoryUser | undefined>;
  /** The live user with this `externalId`, compared exactly. */
  userByExternalId(externalId: string): Promise<DirectoryUser | undefined>;
  users(query: UserQuery): Promise<Listed<DirectoryUser>>;
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
  /** Leaves a tombstone: gone for every read of this port but `tombstoneOf`, still a leaver for the reconciler. */
  removeUser(id: DirectoryUserId, at: Instant): Promise<void>;
  /** A rehire: the link of `from` (a tombstone) becomes that of `to`, and `from` is forgotten as a leaver. */
  inherit(from: DirectoryUserId, to: DirectoryUserId): Promise<void>;
  audit(event: AuditEvent): Promise<void>;
  /** Marks a person for the urgent lane. Waking twice is waking once; a leaver stays a leaver. */
  wake(user: DirectoryUserId, reason: WakeReason, at: Instant): Promise<void>;
}
