import type { PlanDigest } from "../../domain/plan.ts";
import type { Holds, RememberedPlan } from "../../ports/holds.ts";
import type { Journal } from "../../ports/journal.ts";

/** Held changes that are compared with a plan. */
const HELD_READ = 100_000;

/** What is asked to find the plan whose approval has an effect. */
export interface ApprovableSources {
  readonly holds: Pick<Holds, "newestPlan" | "overLimitKeys" | "held">;
  readonly journal: Pick<Journal, "runs">;
}

/** The newest plan for everybody that held something over a limit. */
export interface NewestPlan extends RememberedPlan {
  readonly keys: ReadonlySet<string>;
  /** How many changes runs for a few people have held since then: a plan for everybody will hold them beside its own. */
  readonly since: number;
}

/** Null when no plan held anything over a limit. */
export async function newestPlan({ holds, journal }: ApprovableSources): Promise<NewestPlan | null> {
  const plan = await holds.newestPlan();
  if (plan === undefined) return null;
  const keys = await holds.overLimitKeys(plan.digest);
  const [run] = await journal.runs(1);
  // What earlier runs held was known to a dry run that came after them.
  const isLater = run !== undefined && (run.finishedAt ?? run.startedAt) > plan.at;
  return { ...plan, keys, since: isLater ? await heldBeside(holds, keys) : 0 };
}

/** The digest to approve so that what is held now passes; null when a new plan has to say. */
export async function approvableDigest(sources: ApprovableSources): Promise<PlanDigest | null> {
  const newest = await newestPlan(sources);
  return newest === null || newest.since > 0 ? null : newest.digest;
}

async function heldBeside(holds: Pick<Holds, "held">, keys: ReadonlySet<string>): Promise<number> {
  const { items } = await holds.held(HELD_READ);
  return items.filter(({ hold, key }) => hold === "over-limit" && !keys.has(key)).length;
}
