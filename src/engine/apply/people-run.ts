import type { Seat } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { ConnectorError } from "../../domain/errors.ts";
import type { PersonChange } from "../../domain/plan.ts";
import type { LeaverPolicy, ProtectedPolicy } from "../../domain/policy.ts";
import type { Store } from "../../ports/store.ts";
import type { Workspace } from "../../ports/workspace.ts";
import type { Budget } from "../limits/budget.ts";
import type { Circuit } from "../runs/breaker.ts";
import type { ApplyRun } from "./carry-out.ts";
import type { Watch } from "./overtaking.ts";
import type { SeatCount } from "./seat-count.ts";
import type { Successors } from "../plan/successors.ts";

/** What one run shares among people, beside what it shares among changes. */
export interface PeopleRun extends ApplyRun {
  readonly store: Store;
  /** Where the plan lives, and people as the plan saw them. */
  readonly workspace: Workspace;
  readonly leavers: LeaverPolicy;
  readonly budget: Budget;
  readonly seats: SeatCount;
  /** What this process remembers of a product that fails. */
  readonly circuit: Circuit;
  /** Kept since before the plan's observation: what others have done to somebody since then, the plan does not know. */
  readonly watch: Watch;
  /** Who may take over bookings that turn up. */
  readonly successors: Successors;
  /** True when each account was read by itself for this plan; false when it comes from a listing, minutes old perhaps. */
  readonly isFresh: boolean;
  readonly protected: ProtectedPolicy;
}

/** A seat that somebody was to have by the plan, and why there was none, in words. */
export interface Shortfall {
  readonly seat: Seat;
  readonly words: string;
}

/** What was done for one person, change by change. */
export interface Step {
  readonly change: PersonChange;
  readonly effect: "changed" | "already-so" | "failed" | "skipped";
  readonly at: Instant;
}

/**
 * What became of one person. `superseded`: the directory or another run moved on since the plan was made, so that nothing
 * more was done and the next run decides anew. `waiting`: there was no seat of the pool `waitsFor`, and what goes without
 * one is done. `stopped`: the process is ending.
 */
export interface PersonOutcome {
  readonly user: DirectoryUserId;
  readonly state: "done" | "failed" | "superseded" | "waiting" | "stopped";
  /** Set exactly when `state` is `waiting`. */
  readonly waitsFor?: Shortfall;
  readonly steps: readonly Step[];
  readonly error: ConnectorError | null;
}
