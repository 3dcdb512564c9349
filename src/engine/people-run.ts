import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { ConnectorError } from "../domain/errors.ts";
import type { PersonChange } from "../domain/plan.ts";
import type { LeaverPolicy } from "../domain/policy.ts";
import type { Store } from "../ports/store.ts";
import type { Workspace } from "../ports/workspace.ts";
import type { Budget } from "./budget.ts";
import type { ApplyRun } from "./carry-out.ts";
import type { Watch } from "./overtaking.ts";
import type { SeatCount } from "./seat-count.ts";

/** What one run shares among people, beside what it shares among changes. */
export interface PeopleRun extends ApplyRun {
  readonly store: Store;
  /** Where the plan lives, and people as the plan saw them. */
  readonly workspace: Workspace;
  readonly leavers: LeaverPolicy;
  readonly budget: Budget;
  readonly seats: SeatCount;
  /** Kept since before the plan's observation: what others have done to somebody since then, the plan does not know. */
  readonly watch: Watch;
}

/** What was done for one person, change by change. */
export interface Step {
  readonly change: PersonChange;
  readonly effect: "changed" | "already-so" | "failed" | "skipped";
  readonly at: Instant;
}

/**
 * What became of one person. `superseded`: the directory, another run, or the number of free seats moved on since the
 * plan was made, so that nothing more was done and the next run decides anew. `stopped`: the process is ending.
 */
export interface PersonOutcome {
  readonly user: DirectoryUserId;
  readonly state: "done" | "failed" | "superseded" | "stopped";
  readonly steps: readonly Step[];
  readonly error: ConnectorError | null;
}
