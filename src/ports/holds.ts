import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { ChangeKind, Hold, PlanDigest, Waiting } from "../domain/plan.ts";
import type { AuditEvent } from "./directory-tx.ts";
import type { Lease } from "./leases.ts";

/** A held change, as it is shown until a later plan replaces it. */
export interface HeldRecord {
  readonly user: DirectoryUserId;
  /** E-mail for people to read. */
  readonly label: string;
  readonly key: string;
  readonly hold: Hold;
  readonly detail: string;
}

/** Held changes by what they are and why they are held. */
export interface HeldSelection {
  readonly kinds: readonly ChangeKind[];
  readonly reasons: readonly Hold[];
}

/** A plan that may be approved. */
export interface RememberedPlan {
  readonly digest: PlanDigest;
  readonly at: Instant;
  /** How many of its changes were held over a limit. */
  readonly held: number;
}

/** One moment on the wall clock and on the bridge's own time line (`engine/limits/elapsed.ts`). */
export interface Moment {
  readonly now: Instant;
  readonly elapsedMs: number;
}

/** When a permission ends: as soon as one of the two clocks says so, whichever of them is set back. */
export interface Expiry {
  readonly expiresAt: Instant;
  readonly expiresElapsedMs: number;
}

/** A permission to let the held changes of one plan through; one use. */
export interface Approval extends Expiry {
  readonly digest: PlanDigest;
  readonly approvedAt: Instant;
  readonly author: string;
  readonly reason: string;
}

/** A permission to let one person through. */
export interface Release extends Expiry {
  readonly user: DirectoryUserId;
  readonly releasedAt: Instant;
  readonly author: string;
  readonly reason: string;
}

/** Approvals that are neither used nor expired, and what they cover. */
export interface OpenApprovals {
  readonly digests: readonly PlanDigest[];
  covers(changeKey: string): boolean;
}

/** What is held, who waits for a seat, and who may pass all the same. */
export interface Holds {
  /** Keeps the keys of a plan's changes held over a limit, so that it can be approved; keeps the newest fifty plans. */
  rememberPlan(digest: PlanDigest, at: Instant, overLimitKeys: AsyncIterable<string>): Promise<void>;
  /** The newest remembered plan whose digest starts with this. */
  findPlan(digestPrefix: string): Promise<RememberedPlan | undefined>;
  newestPlan(): Promise<RememberedPlan | undefined>;
  /** Keys of what the newest remembered plan of this digest held over a limit; empty when there is none. */
  overLimitKeys(digest: PlanDigest): Promise<ReadonlySet<string>>;
  /** Covers what that plan held over a limit when it was made last: a plan of the same digest that comes later adds nothing. */
  approve(approval: Approval, audit: AuditEvent): Promise<void>;
  openApprovals(at: Moment): Promise<OpenApprovals>;
  /** Those that are neither used nor expired, oldest first, without what they cover. */
  givenApprovals(now: Instant): Promise<readonly Approval[]>;
  /** Ends approvals: each serves one run. Throws LeaseLostError when the lease was taken over. */
  useApprovals(lease: Lease, digests: readonly PlanDigest[], at: Instant): Promise<void>;
  /** Also wakes the person, in the same unit. */
  release(release: Release, audit: AuditEvent): Promise<void>;
  openReleases(at: Moment): Promise<ReadonlySet<DirectoryUserId>>;
  /** Replaces what is held: for everybody (`people` null), or for these people only. */
  recordHeld(lease: Lease, people: readonly DirectoryUserId[] | null, held: AsyncIterable<HeldRecord>): Promise<void>;
  /**
   * What is held for a reason of its own, counted as a plan counts it: without the echoes (`waits-for-held`), and
   * without `no-free-seat`, which `waiting` tells, and `delayed`, which is not waiting for anybody.
   */
  held(limit: number): Promise<{ readonly total: number; readonly items: readonly HeldRecord[] }>;
  /** What waits for its time alone. */
  delayed(limit: number): Promise<{ readonly total: number; readonly items: readonly HeldRecord[] }>;
  /** What is held of one person, echoes and waiting for a seat included. */
  heldOf(user: DirectoryUserId): Promise<readonly HeldRecord[]>;
  /**
   * Per reason, how many people have something held for it; echoes and waiting for a seat included. `of`: only people who
   * have a held change of these kinds that is held for one of these reasons.
   */
  heldByReason(of?: HeldSelection): Promise<ReadonlyMap<Hold, number>>;
  /** How many people have a held change of these kinds that is held for one of these reasons. */
  heldPeople(kinds: readonly ChangeKind[], reasons: readonly Hold[]): Promise<number>;
  recordWaiting(lease: Lease, waiting: readonly Waiting[]): Promise<void>;
  waiting(): Promise<readonly Waiting[]>;
}
