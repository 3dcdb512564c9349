import type { AccountLink } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { AuditEvent } from "./directory-tx.ts";
import type { Lease } from "./leases.ts";

/** One saved version of the mapping. `document` is the JSON as it was given. */
export interface MappingVersion {
  readonly version: number;
  readonly document: JsonObject;
  readonly author: string;
  readonly reason: string;
  readonly savedAt: Instant;
}

/** The versions of the mapping; none is ever lost. */
export interface Mappings {
  current(): Promise<MappingVersion | undefined>;
  /** The number of the current version, without reading what it says; null before the first. */
  newest(): Promise<number | null>;
  find(version: number): Promise<MappingVersion | undefined>;
  /** The newest first, at most `limit`; `before`: only versions before this one. */
  history(before: number | null, limit: number): Promise<readonly MappingVersion[]>;
  /**
   * Saves a version with its row of the audit log, as one unit. Throws MappingChangedError unless it is the one that follows
   * the newest (1 is the first): of two that were made from the same one, the second is refused.
   */
  save(version: MappingVersion, audit: AuditEvent): Promise<MappingVersion>;
}

/** The proof of one leaver (product.md section 7). */
export interface ProofRecord {
  readonly user: DirectoryUserId;
  readonly at: Instant;
  readonly document: JsonObject;
}

/** What is written with a proof. */
export interface ProofEnding {
  readonly audit: AuditEvent;
  /** The link of the person, marked as offboarded. */
  readonly link: AccountLink;
}

/** Staged people of one directory, for `status`. */
export interface StagedCounts {
  readonly directory: DirectoryId;
  readonly active: number;
  readonly inactive: number;
  readonly deleted: number;
  readonly lastPushAt: Instant | null;
}

/** How large the product's last complete listing was, so that a shorter one is noticed. */
export interface ObservedCounts {
  readonly accounts: number;
  /** Active accounts that nobody is linked to. */
  readonly unlinkedActive: number;
  /** `Observation.tenant` as it was first seen; null when the product did not say. */
  readonly tenant: string | null;
  readonly at: Instant;
}

/** A place in the audit chain. The hash covers the row and everything before it. */
export interface ChainPoint {
  /** Counts from 1, without gaps. */
  readonly sequence: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** One row of the audit log, as it is kept. */
export interface AuditRecord extends AuditEvent, ChainPoint {
  /** SHA-256 of the detail that stood here, where a person's data were erased from it; `detail` is what is left. */
  readonly erased?: string;
  /** How `hash` was made: 2: the detail stands in it as its own SHA-256. 1, by older versions: as it is. */
  readonly hashing: number;
}

/** Where the chain begins since its first rows were deleted: the last of these, and its time. */
export interface AuditStart extends ChainPoint {
  readonly at: Instant;
}

/** Which rows of the audit log are asked for; null: no bound. */
export interface AuditQuery {
  /** Rows after this sequence. */
  readonly after: number | null;
  readonly since: Instant | null;
  /** The first time that is not asked for any more. */
  readonly until: Instant | null;
  readonly limit: number;
  /** Only rows about this person, the lives before a rehire included. */
  readonly about?: DirectoryUserId;
  /** Newest first: `after` then is the sequence that they stand before. */
  readonly newestFirst?: boolean;
}

/** Rows of the audit log, held against the chain. */
export interface CheckedAudit {
  /** The rows that are as they were written, up to the first that is not. */
  readonly whole: readonly AuditRecord[];
  /** `missing`: the row with this sequence is gone. `altered`: it, or its place, is not what was written. */
  readonly broken: { readonly kind: "missing" | "altered"; readonly sequence: number } | null;
}

/** What is kept for looking at: proofs, the audit log, counts. */
export interface Evidence {
  /**
   * Writes a proof, the row of the audit log that it is chained by, and the link that it ends, as one unit: all or nothing.
   * Throws LeaseLostError when the lease was taken over, LinkConflictError when somebody else has the link by now.
   */
  putProof(lease: Lease, proof: ProofRecord, ending: ProofEnding): Promise<void>;
  /** Oldest first, those of the lives before a rehire included. */
  proofs(user: DirectoryUserId): Promise<readonly ProofRecord[]>;
  audit(event: AuditEvent): Promise<void>;
  /** Where the chain begins; null while no row was deleted. */
  auditStart(): Promise<AuditStart | null>;
  /** Rows of the audit log as they are kept, in order; nothing is checked. */
  auditRows(query: AuditQuery): Promise<readonly AuditRecord[]>;
  /** At most `limit` rows that go on from a place in the chain, or from its start, held against it; none at its end. */
  checkAudit(after: ChainPoint | null, limit: number): Promise<CheckedAudit>;
  /** What the audit log says of one person (the lives before a rehire included), group, plan or token, oldest first. */
  auditOf(subject: string): Promise<readonly AuditRecord[]>;
  stagedCounts(): Promise<readonly StagedCounts[]>;
  /** Of the last complete listing of this product; null before the first. */
  lastObserved(product: string): Promise<ObservedCounts | null>;
  putObserved(lease: Lease, counts: ObservedCounts): Promise<void>;
  /** People by id, userName or e-mail (without case), or externalId; over all directories, tombstones included. */
  findPeople(query: string): Promise<readonly DirectoryUserId[]>;
  /** userNames by id, deleted people included; unknown ids are left out. */
  namesOf(people: readonly DirectoryUserId[]): Promise<ReadonlyMap<DirectoryUserId, string>>;
  /** userNames of people who were not deleted, in any directory, that begin with this (without case), in order of name. */
  userNames(prefix: string, limit: number): Promise<readonly string[]>;
}
