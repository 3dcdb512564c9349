import type { AccountLink } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Placed } from "../domain/placed.ts";
import type { Change, LimitCounts, LimitName, PlanDigest } from "../domain/plan.ts";
import type { Lease } from "./leases.ts";

/** What became of a run. */
export type RunOutcome = "done" | "held" | "partial" | "failed" | "interrupted";
/** What started a run. */
export type RunTrigger = "schedule" | "push" | "start" | "retry" | "cli" | "admin";

/** One run of the reconciler that may write. Dry runs leave no record. */
export interface RunRecord {
  readonly id: string;
  readonly lane: "full" | "urgent";
  readonly trigger: RunTrigger;
  readonly epoch: number;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly outcome: RunOutcome | null;
  readonly digest: PlanDigest | null;
  /** Counts by change kind and outcome, held counts by hold, and the message of a failure. No names or e-mails. */
  readonly report: JsonObject;
}

/** What the journal says of one change. `unknown`: the process ended before it knew the outcome. */
export interface JournalEntry {
  readonly id: string;
  readonly run: string;
  /** Null for a change that belongs to no person. */
  readonly user: DirectoryUserId | null;
  /** The same for the same change in every plan (planning/change-key.ts). */
  readonly key: string;
  readonly change: Change;
  /** The limit it counts under; null for a change of no limit, and for one that was approved or released. */
  readonly limit: LimitName | null;
  readonly state: "intent" | "changed" | "already-so" | "failed" | "unknown";
  readonly intendedAt: Instant;
  readonly settledAt: Instant | null;
  /** When it was meant, on the bridge's own time line (`engine/limits/elapsed.ts`): limits are counted by it, not by the wall clock. */
  readonly elapsedMs: number;
  /** Code and message of a failure. */
  readonly error: string | null;
}

/** What follows from one settled change, committed with it. */
export interface SettleEffects {
  readonly link?: AccountLink;
}

/**
 * What was meant, what was done. Every writing call is one durable unit.
 * Calls that name a lease must throw LeaseLostError, and write nothing, when its epoch is no longer the newest.
 */
export interface Journal {
  /** `anchor` is kept in the same unit, so that the next process goes on from it. */
  startRun(lease: Lease, run: RunRecord, anchor?: TimeAnchor): Promise<void>;
  finishRun(lease: Lease, run: RunRecord): Promise<void>;
  /** Newest first. */
  runs(limit: number): Promise<readonly RunRecord[]>;
  /** Newest first, those that stand before this place; null: from the newest. */
  runsBefore(place: number | null, limit: number): Promise<readonly Placed<RunRecord>[]>;
  /** When the newest run of this lane ended with one of these outcomes; null: none of the newest ten thousand runs did. */
  lastEnd(lane: RunRecord["lane"], outcomes: readonly RunOutcome[]): Promise<Instant | null>;
  /** Runs whose id begins so, newest first. */
  findRuns(idPrefix: string, limit: number): Promise<readonly RunRecord[]>;
  /** Runs that started and never finished become `interrupted`, their intents `unknown`. Returns how many runs there were. */
  closeInterrupted(lease: Lease, now: Instant): Promise<number>;
  /** Must be durable before the change is sent to the product. */
  intend(lease: Lease, entry: JournalEntry): Promise<void>;
  /** Records the outcome of an entry that was intended, and what follows from it, as one unit. */
  settle(lease: Lease, entry: JournalEntry, effects: SettleEffects): Promise<void>;
  /** Of one person, the lives before a rehire included, oldest first. */
  entries(user: DirectoryUserId): Promise<readonly JournalEntry[]>;
  /** Whether somebody without a link may have got an account of which nobody knows. */
  hasOpenCreates(): Promise<boolean>;
  /** Of one run, oldest first, in pages. */
  entriesOf(run: string): AsyncIterable<readonly JournalEntry[]>;
  /** Of one run, oldest first, those that stand behind this place; null: from the oldest. */
  entriesAfter(run: string, place: number | null, limit: number): Promise<readonly Placed<JournalEntry>[]>;
  /**
   * Per limit, the different changes (by user and key) that were made, or may have been, and were meant since then (on the
   * bridge's own time line, milliseconds). Changes that ended
   * `already-so` or `failed` are not counted.
   */
  spentSince(elapsedMs: number): Promise<LimitCounts>;
  /** How many people were shut out since then (on the bridge's own time line, milliseconds) and have not been brought back. */
  offboardedSince(elapsedMs: number): Promise<number>;
  /** The newest reading of the bridge's own time line; null before the first. */
  timeAnchor(): Promise<TimeAnchor | null>;
}

/** One moment on three clocks: the bridge's own time line, the wall, and the machine's since it was started. */
export interface TimeAnchor {
  readonly elapsedMs: number;
  readonly wall: Instant;
  readonly uptimeMs: number;
  /** The start of the machine that `uptimeMs` counts from; null when it is not known. */
  readonly boot: string | null;
}
