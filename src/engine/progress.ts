import type { DirectoryId } from "../domain/directory.ts";
import type { Evidence } from "../ports/records.ts";

/**
 * What long work is at. `listing`: accounts of the product. `planning`, `comparing`, `applying`: people. `checking`,
 * `staging`: rows of an import; `grouping`: the groups that it names. `verifying`, `exporting`: rows of the audit log.
 * `trying`: operations of a recipe.
 */
export type Stage =
  | "listing"
  | "planning"
  | "comparing"
  | "applying"
  | "checking"
  | "staging"
  | "grouping"
  | "verifying"
  | "exporting"
  | "trying";

/**
 * Hears how far long work has come: so many of `total`, which is null where nobody knows, and may turn out too small where it
 * was learnt before. Within a stage `done` never goes back, and begins with 0. Not waited for, and of no influence on the work.
 */
export type OnProgress = (stage: Stage, done: number, total: number | null) => void;

/** Counts what is done; `more` is 1 unless it is said. */
export type Tick = (more?: number) => void;

const UNHEARD: Tick = () => undefined;

/** A count that begins at 0, and tells so at once; nothing where nobody listens. */
export function startStage(onProgress: OnProgress | undefined, stage: Stage, total: number | null): Tick {
  if (onProgress === undefined) return UNHEARD;
  let done = 0;
  onProgress(stage, done, total);
  return (more = 1) => {
    done += more;
    onProgress(stage, done, total);
  };
}

/** How many people are staged in these directories, tombstones included; null where nobody wants to know. */
export async function stagedTotal(
  evidence: Pick<Evidence, "stagedCounts">,
  directories: ReadonlyMap<DirectoryId, unknown>,
  onProgress: OnProgress | undefined,
): Promise<number | null> {
  if (onProgress === undefined) return null;
  const counts = (await evidence.stagedCounts()).filter(({ directory }) => directories.has(directory));
  return counts.reduce((sum, { active, inactive, deleted }) => sum + active + inactive + deleted, 0);
}
