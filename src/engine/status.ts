import type { DirectoryId } from "../domain/directory.ts";
import type { Waiting } from "../domain/plan.ts";
import type { HeldRecord } from "../ports/holds.ts";
import type { RunRecord } from "../ports/journal.ts";
import type { StagedCounts } from "../ports/records.ts";
import type { Store } from "../ports/store.ts";
import type { Failure } from "../ports/wakes.ts";
import type { Health, HealthReport } from "./health.ts";

const HELD_SHOWN = 50;
const RUNS_SHOWN = 10;

/** What `status` shows: health, what is staged, linked, waiting, held and failing, and the last runs. */
export interface Status {
  readonly health: HealthReport;
  readonly store: { readonly driver: string; readonly version: string; readonly location: string };
  readonly mappingVersion: number | null;
  readonly staged: readonly StagedCounts[];
  readonly linked: number;
  readonly wakes: number;
  readonly held: { readonly total: number; readonly items: readonly HeldRecord[] };
  readonly waiting: readonly Waiting[];
  readonly failing: readonly Failure[];
  readonly runs: readonly RunRecord[];
}

/** Gathers it from the store; asks the product nothing. Directories that never pushed are shown with zeros. */
export async function readStatus(store: Store, health: Health, directories: readonly DirectoryId[]): Promise<Status> {
  const [report, counts, links, wakes, held, waiting, failing, runs, mapping] = await Promise.all([
    health.report(),
    store.evidence.stagedCounts(),
    store.links.count(),
    store.wakes.count(),
    store.holds.held(HELD_SHOWN),
    store.holds.waiting(),
    store.wakes.failures(),
    store.journal.runs(RUNS_SHOWN),
    store.mappings.current(),
  ]);
  const zero = { active: 0, inactive: 0, deleted: 0, lastPushAt: null };
  const staged = directories.map(
    (directory) => counts.find((count) => count.directory === directory) ?? { directory, ...zero },
  );
  const mappingVersion = mapping?.version ?? null;
  return {
    health: report,
    store: store.describe(),
    mappingVersion,
    staged,
    linked: links.all,
    wakes,
    held,
    waiting,
    failing,
    runs,
  };
}
