import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { WakeReason } from "./directory-tx.ts";
import type { Lease } from "./leases.ts";

/** Somebody to be looked at by the urgent lane. `sequence` tells a later wake-up from the one that was worked on. */
export interface Wake {
  readonly user: DirectoryUserId;
  readonly reason: WakeReason;
  readonly since: Instant;
  readonly sequence: number;
}

/** A person whose last attempt failed, and when the next one may be made. */
export interface Failure {
  readonly user: DirectoryUserId;
  readonly attempts: number;
  readonly nextAt: Instant;
  readonly code: string;
  readonly message: string;
}

/** Who waits to be looked at, and who failed. Losing or repeating a wake-up changes nothing but the delay. */
export interface Wakes {
  /** Leavers first, then the oldest; without those whose failure says `nextAt` later than `now`. `reason`: only those. */
  due(now: Instant, limit: number, reason?: WakeReason): Promise<readonly Wake[]>;
  count(): Promise<number>;
  /** Wakes these people, as changed, whatever they were deferred to. */
  wake(lease: Lease, users: readonly DirectoryUserId[], now: Instant): Promise<void>;
  /** Forgets wake-ups that were worked on, unless they were woken again meanwhile. */
  clear(lease: Lease, wakes: readonly Wake[]): Promise<void>;
  /** Somebody is to be looked at again at a later time, whatever happens until then; replaces the time set before. */
  defer(lease: Lease, user: DirectoryUserId, reason: WakeReason, until: Instant): Promise<void>;
  /** Wakes those who are due, once. What they were deferred to is kept until it is forgotten. */
  wakeDeferred(lease: Lease, now: Instant): Promise<void>;
  /** When the next of those who are still to be woken is due; null when nobody is. */
  nextDeferred(): Promise<Instant | null>;
  /** Until when each was deferred, those who were woken since included. */
  deferred(): Promise<ReadonlyMap<DirectoryUserId, Instant>>;
  forgetDeferred(lease: Lease, users: readonly DirectoryUserId[]): Promise<void>;
  putFailure(lease: Lease, failure: Failure): Promise<void>;
  clearFailures(lease: Lease, users: readonly DirectoryUserId[]): Promise<void>;
  /** All of them, or those of these people. */
  failures(users?: readonly DirectoryUserId[]): Promise<readonly Failure[]>;
  /** Those whose next attempt may be made now, the longest due first. */
  dueFailures(now: Instant): Promise<readonly Failure[]>;
}
