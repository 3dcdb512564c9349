import type { Seat } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../../domain/directory.ts";
import type { Plan, PlanSummary, PersonPlan } from "../../domain/plan.ts";
import type { Policy } from "../../domain/policy.ts";
import type { PlanContext } from "../../planning/context.ts";
import { foldPlan, type FoldResult } from "../../planning/fold.ts";
import type { Gate } from "../../planning/gate.ts";
import type { Assessment } from "../../planning/limits.ts";
import { passPlan, tally } from "../../planning/pass.ts";
import type { SeatSupply, Shortage } from "../../planning/seat-queue.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { Capabilities, Connector } from "../../ports/connector.ts";
import type { Moment, OpenApprovals } from "../../ports/holds.ts";
import type { Store } from "../../ports/store.ts";
import type { SavedPlan, Workspace } from "../../ports/workspace.ts";
import { createCircuit, type Breaker } from "../runs/breaker.ts";
import { openBudget, type Budget, type BudgetBasis } from "../limits/budget.ts";
import { openElapsed, type Elapsed } from "../limits/elapsed.ts";
import { holdAfterRestore } from "./after-restore.ts";
import { openGatherFacts } from "./gather-facts.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import { observeAll, observeSome, type Accepted, type View } from "./observe.ts";
import { planPeople, type Unreadable } from "./plan-people.ts";
import { stagedTotal, startStage, type OnProgress } from "../progress.ts";
import type { SeatMemory } from "./seat-memory.ts";
import { seatSupply } from "./seat-supply.ts";
import { createSuccessors, type Successors } from "./successors.ts";

/** An approval is given to a plan for everybody: what is planned for a few must not use it up. */
const NO_APPROVALS: OpenApprovals = { digests: [], covers: () => false };

/** What planning needs; all of it stays the same while the process runs. */
export interface PlanDeps {
  readonly store: Store;
  readonly connector: Connector;
  readonly ambient: Ambient;
  readonly policy: Policy;
  /** `product.seats` of the configuration: the size of each pool where the product does not say; null: not configured. */
  readonly seats: ReadonlyMap<Seat, number> | null;
  readonly seatMemory: SeatMemory;
  /** Directories in the order of the configuration, with their verified domains. */
  readonly directories: ReadonlyMap<DirectoryId, readonly string[]>;
}

/**
 * Whose plan: everybody's, or only these people's, whose accounts are then read one by one. `acceptAccounts`: a person
 * has confirmed that there are exactly so many accounts; `acceptTenant`: that the product is this organisation. `urgent`:
 * there are leavers among them, whose reads go first.
 */
export type PlanScope =
  | { readonly of: "everybody"; readonly acceptAccounts?: number; readonly acceptTenant?: string }
  | { readonly of: "some"; readonly people: readonly DirectoryUserId[]; readonly urgent?: boolean };

/** A plan and what an apply needs to know beside it. */
export interface PlannedRun {
  /** What may pass is in `changes`, what may not is in `held`. */
  readonly plan: Plan;
  readonly view: View;
  readonly supply: SeatSupply;
  readonly approvals: OpenApprovals;
  readonly budget: Budget;
  readonly elapsed: Elapsed;
  readonly unreadable: readonly Unreadable[];
  /** For bookings that turn up while the plan is carried out. */
  readonly successors: Successors;
}

/**
 * Makes a plan: reads everything, decides by pure functions, writes nothing to the product. The plan lives in the
 * workspace and ends with it. Throws ConnectorError when the product cannot be read at all, and TenantChangedError when
 * it is another organisation than before.
 */
export async function makePlan(
  deps: PlanDeps,
  mapping: CurrentMapping,
  workspace: Workspace,
  scope: PlanScope,
  signal: AbortSignal,
  onProgress?: OnProgress,
): Promise<PlannedRun> {
  const { store, connector, ambient } = deps;
  const now = ambient.clock.now();
  const breaker = createCircuit(ambient.clock, ambient.random).breaker();
  const isWhole = scope.of === "everybody";
  const view = await observe(deps, breaker, workspace, scope, { signal, onProgress });
  const elapsed = await openElapsed(store.journal, ambient.clock);
  const { approvals, released, failing, restoration } = await standingOf(store, scope, {
    now,
    elapsedMs: elapsed.now(),
  });
  const context = toContext(deps, mapping, view, { released, failing }, now);
  const successors = successorsFor(deps, mapping, workspace, view);
  const shared = { connector, workspace, mapping, view, context, signal };
  const gather = await openGatherFacts({ ...shared, store, successors, breaker });
  const passes = { released, approved: (key: string): boolean => approvals.covers(key) };
  const holdBack = holdAfterRestore(restoration);
  const total = isWhole ? await stagedTotal(store.evidence, deps.directories, onProgress) : scope.people.length;
  const people = planPeople({ ...shared, gather, holdBack, tick: startStage(onProgress, "planning", total) });
  const staged = scope.of === "everybody" ? workspace.people() : onePage(await workspace.peopleById(scope.people));
  const supply = await supplyOf(deps, view, isWhole);
  const { parking, bookingOrder } = connector.capabilities;
  const { pools: seats, short = new Map<Seat, Shortage>() } = supply;
  const untrusted = !view.completeness.complete;
  const start = { seats, short, untrusted, parking, ...passes };
  const saved = await workspace.savePlan(foldPlan(workspace.inSettlingOrder(people.plans(staged)), start));
  const { all: linked, active: inOffice } = await store.links.count();
  const budget = await budgetFor(deps, saved, { linked: inOffice, active: view.active, ...passes, elapsed });
  const gate: Gate = {
    mode: deps.policy.mode,
    observation: view.completeness,
    breaches: budget.breaches,
    digest: isWhole ? saved.result.digest : null,
    bookingOrder,
    ...passes,
  };
  const passed = () => passPlan(saved.people(), gate, seats, short);
  const summary: PlanSummary = {
    digest: saved.result.digest,
    ...(isWhole ? {} : { isPartial: true }),
    directories: [...deps.directories.keys()],
    product: connector.name,
    people: people.count(),
    linked,
    basis: { mappingVersion: mapping.mapping.version, observedAt: view.observedAt, observation: view.completeness },
    ...(await tally(passed())),
    breaches: gate.breaches,
    waiting: saved.result.waiting,
  };
  const plan: Plan = { summary, people: passed };
  return { plan, view, supply, approvals, budget, elapsed, successors, unreadable: people.unreadable() };
}

function successorsFor(
  { store, connector, policy }: PlanDeps,
  mapping: CurrentMapping,
  workspace: Workspace,
  view: View,
): Successors {
  const { reassignTo } = policy.leavers.bookings;
  return createSuccessors({ store, connector, workspace, mapping, view, reassignTo });
}

function acceptedIn(scope: PlanScope): Accepted {
  if (scope.of === "some") return { accounts: null, tenant: null };
  return { accounts: scope.acceptAccounts ?? null, tenant: scope.acceptTenant ?? null };
}

function observe(
  { connector, store, ambient, seatMemory }: PlanDeps,
  breaker: Breaker,
  workspace: Workspace,
  scope: PlanScope,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: OnProgress | undefined },
): Promise<View> {
  const reads = { connector, store, clock: ambient.clock, breaker, seatMemory, onProgress };
  return scope.of === "everybody"
    ? observeAll({ ...reads, urgent: false }, workspace, acceptedIn(scope), signal)
    : observeSome({ ...reads, urgent: scope.urgent === true }, workspace, signal);
}

function budgetFor(
  { store, policy }: PlanDeps,
  saved: SavedPlan<FoldResult>,
  {
    linked,
    active,
    released,
    approved: approvedChange,
    elapsed,
  }: Pick<Assessment, "linked" | "active"> & Pick<BudgetBasis, "released" | "approved" | "elapsed">,
): Promise<Budget> {
  const { planned, approved, deactivating } = saved.result;
  const plan = { planned, approved, limits: policy.limits, linked, active, deactivating };
  const people = (): AsyncIterable<PersonPlan> => saved.people();
  return openBudget({ journal: store.journal, plan, released, approved: approvedChange, people, elapsed });
}

async function supplyOf({ store, seats, seatMemory }: PlanDeps, view: View, isWhole: boolean): Promise<SeatSupply> {
  const waiting = await store.holds.waiting();
  return seatSupply({ view, configured: seats, waiting, memory: seatMemory, isWhole });
}

/** So many attempts in vain, and others are served before this person. */
const FAILING_AFTER = 1;

/** What was decided about people, or learnt of them, before this plan. */
async function standingOf(store: Store, scope: PlanScope, at: Moment) {
  return {
    approvals: scope.of === "everybody" ? await store.holds.openApprovals(at) : NO_APPROVALS,
    released: await store.holds.openReleases(at),
    failing: await failingPeople(store, scope),
    restoration: await store.restorations.standing(),
  };
}

async function failingPeople({ wakes }: Store, scope: PlanScope): Promise<ReadonlySet<DirectoryUserId>> {
  const failures = await wakes.failures(scope.of === "everybody" ? undefined : scope.people);
  return new Set(failures.flatMap(({ user, attempts }) => (attempts >= FAILING_AFTER ? user : [])));
}

function abilitiesOf(capabilities: Capabilities) {
  const { changes, updates, seats, bookings, bookingOrder, invites, pendingGroups } = capabilities;
  return { changes, updates, seats, bookings, bookingOrder, invites, pendingGroups };
}

/** What is the same for everybody in one plan: the policy, the mapping, and what the product can do and shows. */
export function toContext(
  { connector, policy, directories }: PlanDeps,
  { mapping }: CurrentMapping,
  view: View,
  { released, failing }: Pick<PlanContext, "released" | "failing">,
  now: Instant,
): PlanContext {
  return {
    ...abilitiesOf(connector.capabilities),
    leavers: policy.leavers,
    protected: policy.protected,
    rehire: mapping.rehire,
    drift: policy.drift,
    released,
    failing,
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
