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
  save(document: JsonObject, author: string, reason: string, at: Instant): Promise<MappingVersion>;
}

/** The proof of one leaver (product.md section 7). */
export interface ProofRecord {
  readonly user: DirectoryUserId;
  readonly at: Instant;
  readonly document: JsonObject;
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
  readonly at: Instant;
}

/** What is kept for looking at: proofs, the audit log, counts. */
export interface Evidence {
  putProof(lease: Lease, proof: ProofRecord): Promise<void>;
  /** Oldest first. */
  proofs(user: DirectoryUserId): Promise<readonly ProofRecord[]>;
  audit(event: AuditEvent): Promise<void>;
  stagedCounts(): Promise<readonly StagedCounts[]>;
  /** Of the last complete listing of this product; null before the first. */
  lastObserved(product: string): Promise<ObservedCounts | null>;
  putObserved(lease: Lease, counts: ObservedCounts): Promise<void>;
  /** People by id, userName or e-mail (without case), or externalId; over all directories, tombstones included. */
  findPeople(query: string): Promise<readonly DirectoryUserId[]>;
}
