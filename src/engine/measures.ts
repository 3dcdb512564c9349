import type { Seat } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { Hold } from "../domain/plan.ts";
import type { Clock } from "../ports/ambient.ts";
import type { Journal, RunOutcome, RunRecord } from "../ports/journal.ts";
import type { StagedCounts } from "../ports/records.ts";
import type { Store } from "../ports/store.ts";
import type { Failure } from "../ports/wakes.ts";
import { ATTEMPTS } from "./alerts/alert-conditions.ts";
import { countBy } from "./alerts/alert-facts.ts";
import type { AlertOffice, OpenAlert } from "./alerts/alerts.ts";
import { KEEPS_IN, LEAVER_PATIENCE_MS, SHUTTING, type ComponentReport, type Health } from "./health.ts";
import { stagedIn } from "./status.ts";

/** How things stand at one moment, as numbers: what gauges show. Nothing of any person is in it. */
export interface Measures {
  readonly staged: readonly StagedCounts[];
  readonly links: { readonly all: number; readonly active: number };
  /** People who wait for the urgent lane. */
  readonly woken: number;
  /** People with something held, by reason. */
  readonly held: ReadonlyMap<Hold, number>;
  /** Leavers whose account stays open until somebody acts. */
  readonly heldLeavers: number;
  /** How long the leaver waits who has waited longest; 0: nobody does. */
  readonly oldestLeaverMs: number;
  /** People who wait for a seat. */
  readonly waiting: ReadonlyMap<Seat, number>;
  readonly failing: FailingPeople;
  readonly runs: readonly LastRuns[];
  readonly components: readonly Pick<ComponentReport, "component" | "status">[];
  readonly alerts: readonly Pick<OpenAlert, "topic" | "severity">[];
}

/** People whose last attempt failed, by the code of the error. Dead letters: those who failed so often that somebody is told. */
export interface FailingPeople {
  readonly retrying: ReadonlyMap<string, number>;
  readonly deadLetters: ReadonlyMap<string, number>;
}

/** When the newest run of a lane ended, and the newest that came to its end; null: none did. */
export interface LastRuns {
  readonly lane: RunRecord["lane"];
  readonly endedAt: Instant | null;
  readonly succeededAt: Instant | null;
}

/** What the numbers are read from. */
export interface MeasuresSources {
  readonly store: Store;
  readonly health: Health;
  readonly alerts: AlertOffice;
  readonly directories: readonly DirectoryId[];
  readonly clock: Clock;
}

const LANES: readonly RunRecord["lane"][] = ["full", "urgent"];
const SUCCESSES: readonly RunOutcome[] = ["done", "held", "partial"];
const ENDS: readonly RunOutcome[] = [...SUCCESSES, "failed", "interrupted"];
const STAY_OPEN: readonly Hold[] = [...KEEPS_IN, "protected-account"];

/** Reads them from the store; asks the product nothing. Throws what the store throws when it cannot be read. */
export async function readMeasures({
  store,
  health,
  alerts: office,
  directories,
  clock,
}: MeasuresSources): Promise<Measures> {
  const now = clock.now();
  const [counts, links, woken, held, heldLeavers, [oldest], waiting, failures, runs, report, alerts] =
    await Promise.all([
      store.evidence.stagedCounts(),
      store.links.count(),
      store.wakes.count(),
      store.holds.heldByReason(),
      store.holds.heldPeople(SHUTTING, STAY_OPEN),
      // With those whose next attempt is a while off: they wait all the same.
      store.wakes.due(addMs(now, LEAVER_PATIENCE_MS), 1, "leaver"),
      store.holds.waiting(),
      store.wakes.failures(),
      Promise.all(LANES.map((lane) => lastRuns(store.journal, lane))),
      health.report(),
      office.open(),
    ]);
  return {
    staged: stagedIn(directories, counts),
    links,
    woken,
    held,
    heldLeavers,
    oldestLeaverMs: oldest === undefined ? 0 : Math.max(0, msBetween(oldest.since, now)),
    waiting: countBy(waiting.map(({ seat }) => seat)),
    failing: toFailing(failures),
    runs,
    components: report.components,
    alerts,
  };
}

async function lastRuns(journal: Journal, lane: RunRecord["lane"]): Promise<LastRuns> {
  const [endedAt, succeededAt] = await Promise.all([journal.lastEnd(lane, ENDS), journal.lastEnd(lane, SUCCESSES)]);
  return { lane, endedAt, succeededAt };
}

function toFailing(failures: readonly Failure[]): FailingPeople {
  const codes = (some: readonly Failure[]): ReadonlyMap<string, number> => countBy(some.map(({ code }) => code));
  return {
    retrying: codes(failures.filter(({ attempts }) => attempts < ATTEMPTS)),
    deadLetters: codes(failures.filter(({ attempts }) => attempts >= ATTEMPTS)),
  };
}
