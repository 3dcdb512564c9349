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
  /** Forgets wake-ups that were worked on, unless they were woken again meanwhile. */
  clear(lease: Lease, wakes: readonly Wake[]): Promise<void>;
  /** Somebody is to be looked at again at a later time, whatever happens until then; replaces the time set before. */
  defer(lease: Lease, user: DirectoryUserId, reason: WakeReason, until: Instant): Promise<void>;
  /** Turns those who are due into wake-ups. */
  wakeDeferred(lease: Lease, now: Instant): Promise<void>;
  /** When the next of those who were deferred is due; null when nobody is. */
  nextDeferred(): Promise<Instant | null>;
  putFailure(lease: Lease, failure: Failure): Promise<void>;
  clearFailures(lease: Lease, users: readonly DirectoryUserId[]): Promise<void>;
  failures(): Promise<readonly Failure[]>;
}
