import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { AuditEvent } from "./directory-tx.ts";
import type { AuditStart } from "./records.ts";

/** Records that are deleted one by one. */
export type Prunable = "journal" | "runs" | "approvals" | "releases" | "proofs";

/** What is over its time: on the wall clock, and on the bridge's own time line, which no setting of the clock moves. */
export interface PruneQuery {
  readonly before: Instant;
  readonly elapsedBefore: number;
  /** Behind this place; 0: from the first. */
  readonly after: number;
  readonly limit: number;
}

/** Deleting what is over its time, little by little. */
export interface RetentionStore {
  /**
   * Places of records that may go, in order. Never what limits count, what is open, or what a return, an open account or a
   * proof that is still to be written depends on.
   */
  prunable(kind: Prunable, query: PruneQuery): Promise<readonly number[]>;
  /** Deletes them as one unit. */
  prune(kind: Prunable, places: readonly number[]): Promise<void>;
  /** People whom the IdP deleted before then, and whose account, if they had one, was proved shut before then; oldest first. */
  leaversBefore(before: Instant, limit: number): Promise<readonly DirectoryUserId[]>;
  /**
   * Deletes the first rows of the audit log, at most `limit` and only those before this time, up to the first that is
   * younger. `tell` makes the row that vouches for it, written in the same unit. Resolves to how many went.
   */
  cutAudit(before: Instant, limit: number, tell: (start: AuditStart, rows: number) => AuditEvent): Promise<number>;
}
