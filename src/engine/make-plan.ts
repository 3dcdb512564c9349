import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Plan, PlanSummary } from "../domain/plan.ts";
import type { Policy } from "../domain/policy.ts";
import type { PlanContext } from "../planning/context.ts";
import { foldPlan } from "../planning/fold.ts";
import type { Gate } from "../planning/gate.ts";
import { passPlan, tally } from "../planning/pass.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { Connector } from "../ports/connector.ts";
import type { OpenApprovals } from "../ports/holds.ts";
import type { Store } from "../ports/store.ts";
import type { Workspace } from "../ports/workspace.ts";
import { createBreaker } from "./breaker.ts";
import { openBudget, type Budget } from "./budget.ts";
import { openElapsed, type Elapsed } from "./elapsed.ts";
import type { CurrentMapping } from "./mapping-versions.ts";
import { observeAll, observeSome, type View } from "./observe.ts";
import { planPeople, type Unreadable } from "./plan-people.ts";

/** An approval is given to a plan for everybody: what is planned for a few must not use it up. */
const NO_APPROVALS: OpenApprovals = { digests: [], covers: () => false };

/** What planning needs; all of it stays the same while the process runs. */
export interface PlanDeps {
  readonly store: Store;
  readonly connector: Connector;
  readonly ambient: Ambient;
  readonly policy: Policy;
  /** Directories in the order of the configuration, with their verified domains. */
  readonly directories: ReadonlyMap<DirectoryId, readonly string[]>;
}

/**
 * Whose plan: everybody's, or only these people's, whose accounts are then read one by one. `acceptAccounts`: a person
 * has confirmed that there are exactly so many accounts.
 */
export type PlanScope =
  | { readonly of: "everybody"; readonly acceptAccounts?: number }
  | { readonly of: "some"; readonly people: readonly DirectoryUserId[] };

/** A plan and what an apply needs to know beside it. */
export interface PlannedRun {
  /** What may pass is in `changes`, what may not is in `held`. */
  readonly plan: Plan;
  readonly view: View;
  readonly approvals: OpenApprovals;
  readonly budget: Budget;
  readonly elapsed: Elapsed;
  readonly unreadable: readonly Unreadable[];
}

/**
 * Makes a plan: reads everything, decides by pure functions, writes nothing to the product. The plan lives in the
 * workspace and ends with it. Throws ConnectorError when the product cannot be read at all.
 */
export async function makePlan(
  deps: PlanDeps,
  mapping: CurrentMapping,
  workspace: Workspace,
  scope: PlanScope,
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { store, connector, ambient } = deps;
  const now = ambient.clock.now();
  const breaker = createBreaker();
  const reads = { connector, store, clock: ambient.clock, breaker };
  const isWhole = scope.of === "everybody";
  const accepted = isWhole ? (scope.acceptAccounts ?? null) : null;
  const view = await (isWhole ? observeAll(reads, workspace, accepted, signal) : observeSome(reads, workspace, signal));
  const approvals = isWhole ? await store.holds.openApprovals(now) : NO_APPROVALS;
  const released = await store.holds.openReleases(now);

  const context = toContext(deps, mapping, view, released, now);
  const people = planPeople({ connector, workspace, mapping, view, context, breaker, signal });
  const staged = scope.of === "everybody" ? workspace.people() : onePage(await workspace.peopleById(scope.people));
  const start = {
    seats: view.seats,
    approved: (key: string) => approvals.covers(key),
    released,
  };
  const saved = await workspace.savePlan(foldPlan(workspace.inSettlingOrder(people.plans(staged)), start));
  const { all: linked } = await store.links.count();
  const { planned, approved, deactivating } = saved.result;
  const { limits } = deps.policy;
  const elapsed = await openElapsed(store.journal, ambient.clock);
  const budget = await openBudget({
    journal: store.journal,
    plan: { planned, approved, limits, linked, active: view.active, deactivating },
    released,
    people: () => saved.people(),
    elapsed,
  });
  const gate: Gate = {
    mode: deps.policy.mode,
    observation: view.completeness,
    breaches: budget.breaches,
    digest: saved.result.digest,
    bookingOrder: connector.capabilities.bookingOrder,
    released,
    approved: start.approved,
  };
  const passed = () => passPlan(saved.people(), gate, view.seats);
  const summary: PlanSummary = {
    digest: saved.result.digest,
    directories: [...deps.directories.keys()],
    product: connector.name,
    people: people.count(),
    linked,
    basis: { mappingVersion: mapping.mapping.version, observedAt: view.observedAt, observation: view.completeness },
    ...(await tally(passed())),
    breaches: gate.breaches,
    waiting: saved.result.waiting,
  };
  return { plan: { summary, people: passed }, view, approvals, budget, elapsed, unreadable: people.unreadable() };
}

function toContext(
  { connector, policy, directories }: PlanDeps,
  { mapping }: CurrentMapping,
  view: View,
  released: ReadonlySet<DirectoryUserId>,
  now: Instant,
): PlanContext {
  return {
    changes: connector.capabilities.changes,
    bookingOrder: connector.capabilities.bookingOrder,
    leavers: policy.leavers,
    protected: policy.protected,
    rehire: mapping.rehire,
    drift: policy.drift,
    released,
    groups: view.groups,
    managedGroups: mapping.managedGroups,
    authoritative: mapping.authoritative,
    createMissing: mapping.createMissing,
    verifiedDomains: directories,
    now,
  };
}

async function* onePage<T>(page: readonly T[]): AsyncGenerator<readonly T[]> {
  yield page;
}
