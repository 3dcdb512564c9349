import type { Seat } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { BridgeError, PlanChangedError, UsageError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { RunOutcome, RunRecord } from "../../ports/journal.ts";
import type { Workspace } from "../../ports/workspace.ts";
import { openAgenda, type Agenda } from "./agenda.ts";
import { applyPlan, peopleToApply, type WholeRun } from "../apply/apply-plan.ts";
import { openElapsed } from "../limits/elapsed.ts";
import { startStage, type OnProgress, type Tick } from "../progress.ts";
import type { HeldLease } from "./lease-keeper.ts";
import { makePlan, type PlannedRun, type PlanScope } from "../plan/make-plan.ts";
import type { Watch } from "../apply/overtaking.ts";
import { recordDue, recordHeld, recordWaiting, rememberPlan, useApprovals } from "./record-plan.ts";
import { createReportCounter, toRecord, type RunReport } from "./run-report.ts";
import type { ReconcilerDeps, RunRequest } from "./run-request.ts";
import { createSeatCount } from "../apply/seat-count.ts";
import { freedSeats, wakeNextInQueue } from "../apply/seat-hand-on.ts";
import { createShortageList } from "../apply/shortage-list.ts";
import type { Turn } from "../apply/turns.ts";

/** A call to the product that is under way when a stop is asked for may take this long to end; milliseconds. */
const STOP_GRACE_MS = 4_000;

/** What a run is given: its right to write, its place to work, and its eye on the other runs. */
export interface RunPlace {
  readonly held: HeldLease;
  readonly workspace: Workspace;
  readonly watch: Watch;
  /** An urgent run has the turn from its start, so that nobody spends what it plans to; a full one takes it to apply. */
  readonly turn: Turn | null;
}

/** What belongs to one run from its start to its record. */
interface Run extends RunPlace {
  readonly deps: ReconcilerDeps;
  readonly request: RunRequest;
  readonly agenda: Agenda;
  readonly record: RunRecord;
  readonly startedAtMs: number;
}

/** One run under a held lease. Null when there was nobody to look at, or when `confirm` said no. */
export async function runOnce(deps: ReconcilerDeps, request: RunRequest, place: RunPlace): Promise<RunReport | null> {
  const { store, ambient } = deps;
  const { held } = place;
  const startedAtMs = ambient.clock.monotonicMs();
  const agenda = await openAgenda(store, ambient, held.lease, request);
  if (request.lane === "urgent" && agenda.people.length === 0) return null;
  const record: RunRecord = {
    id: ambient.newId(),
    lane: request.lane,
    trigger: request.trigger,
    epoch: held.lease.epoch,
    startedAt: ambient.clock.now(),
    finishedAt: null,
    outcome: null,
    digest: null,
    report: {},
  };
  const elapsed = await openElapsed(store.journal, ambient.clock);
  await store.journal.startRun(held.lease, record, elapsed.anchor());
  request.onStarted?.(record);
  const run: Run = { ...place, deps, request, agenda, record, startedAtMs };
  try {
    const planned = await planRun(run);
    const isWanted = request.confirm === undefined || (await request.confirm(planned.plan));
    if (isWanted) return await carryThrough(run, planned);
    await finish(run, planned, "done", { declined: true });
    return null;
  } catch (error) {
    await abandon(run, error);
    throw error;
  }
}

async function planRun({ deps, request, held, workspace, agenda }: Run): Promise<PlannedRun> {
  const { store, ambient } = deps;
  const { lane, acceptAccounts, acceptTenant } = request;
  const accept = {
    ...(acceptAccounts === undefined ? {} : { acceptAccounts }),
    ...(acceptTenant === undefined ? {} : { acceptTenant }),
  };
  const scope: PlanScope =
    lane === "full"
      ? { of: "everybody", ...accept }
      : { of: "some", people: agenda.people, urgent: request.only !== "others" };
  const stop = AbortSignal.any([held.signal, request.stop]);
  const planned = await makePlan(deps, await deps.mappings.current(), workspace, scope, stop, request.onProgress);
  const { digest, people } = planned.plan.summary;
  await rememberPlan(store.holds, ambient.clock, planned.plan);
  ambient.log.info("plan.computed", { lane: request.lane, digest, people });
  return planned;
}

async function carryThrough(run: Run, planned: PlannedRun): Promise<RunReport> {
  const { deps, request, held, agenda, record } = run;
  const { store, ambient } = deps;
  const { plan, view } = planned;
  const looked = request.lane === "full" ? null : agenda.people;
  await recordHeld(store.holds, held.lease, plan, looked);
  await recordDue(store.wakes, held.lease, planned, looked);
  if (request.acceptTenant !== undefined) await acceptTenant(run, request.acceptTenant);
  if (view.counts !== null) await store.evidence.putObserved(held.lease, view.counts);
  if (request.acceptAccounts !== undefined) await recordAcceptance(run, request.acceptAccounts);

  const counter = createReportCounter();
  for (const { user, error } of planned.unreadable) {
    counter.fail(user, error.message);
    await agenda.fail(user, error);
  }
  const tick = await startApplying(plan, request.onProgress);
  const turn = run.turn ?? (await deps.turns.take("full"));
  const ended = new AbortController();
  const shortage = createShortageList();
  const freed = new Set<Seat>();
  const passedOver: DirectoryUserId[] = [];
  try {
    await applyPlan(toPeopleRun(run, planned, ended.signal), plan, turn, {
      group: (outcome) => counter.noteGroup(outcome),
      async person(outcome) {
        counter.note(outcome);
        if (outcome.waitsFor !== undefined) shortage.note(outcome.user, outcome.waitsFor);
        for (const seat of freedSeats(outcome)) freed.add(seat);
        if (outcome.state === "superseded") passedOver.push(outcome.user);
        await agenda.note(outcome);
        tick();
      },
    });
  } finally {
    ended.abort();
    turn.release();
    if (!shortage.isEmpty()) {
      const waiting = await shortage.with(plan.summary.waiting, plan.people());
      await recordWaiting(store.holds, held.lease, looked, plan.summary, waiting);
    }
  }
  const stopped = request.stop.aborted || held.signal.aborted;
  await agenda.close(stopped);
  // A run that broke off has not served its approvals: what is left of them passes in the next one.
  if (!stopped) await wakeOthers(run, { freed, passedOver });
  if (!stopped) await useApprovals(store.holds, ambient.clock, held.lease, plan, planned.approvals);
  const durationMs = Math.round(ambient.clock.monotonicMs() - run.startedAtMs);
  const report = counter.report({ id: record.id, summary: plan.summary, durationMs, stopped });
  await finish(run, planned, report.outcome, toRecord(report));
  return report;
}

/** Counted before anything begins, since a plan knows its changes by kind alone. */
async function startApplying(plan: Plan, onProgress: OnProgress | undefined): Promise<Tick> {
  return startStage(onProgress, "applying", onProgress === undefined ? null : await peopleToApply(plan));
}

/** Wakes whom what this run did, or could not do, concerns. */
async function wakeOthers(
  { deps: { store, ambient }, request, held }: Run,
  { freed, passedOver }: { readonly freed: ReadonlySet<Seat>; readonly passedOver: readonly DirectoryUserId[] },
): Promise<void> {
  await wakeNextInQueue(store, ambient.clock, held.lease, freed);
  // Whoever overtook this run knew less than its listing shows, such as how many seats are in use.
  if (request.lane !== "full" || passedOver.length === 0) return;
  await store.wakes.wake(held.lease, passedOver, ambient.clock.now());
}

/** Somebody said that a much shorter listing is right: that is kept, like every permission. */
async function recordAcceptance({ deps, record }: Run, accounts: number): Promise<void> {
  const { store, ambient, connector } = deps;
  const at = ambient.clock.now();
  const subject = connector.name;
  await store.evidence.audit({
    at,
    actor: `run:${record.id}`,
    action: "listing.accepted",
    subject,
    detail: { accounts },
  });
}

/** Somebody said which organisation the product is now: known from here on, even where the listing is not whole. */
async function acceptTenant({ deps, held, record }: Run, tenant: string): Promise<void> {
  const { store, ambient, connector } = deps;
  const last = await store.evidence.lastObserved(connector.name);
  if (last === null || last.tenant === tenant) return;
  await store.evidence.audit({
    at: ambient.clock.now(),
    actor: `run:${record.id}`,
    action: "tenant.accepted",
    subject: connector.name,
    detail: { from: last.tenant, to: tenant },
  });
  await store.evidence.putObserved(held.lease, { ...last, tenant });
}

function toPeopleRun(
  { deps, request, held, workspace, watch, record }: Run,
  { view, supply, budget, elapsed, successors }: PlannedRun,
  ended: AbortSignal,
): WholeRun {
  const { leavers } = deps.policy;
  return {
    id: record.id,
    lease: held.lease,
    connector: deps.connector,
    journal: deps.store.journal,
    ambient: deps.ambient,
    elapsed,
    guestReason: leavers.bookings.reason,
    signal: AbortSignal.any([held.signal, afterGrace(request.stop, deps.ambient.clock, ended)]),
    groups: new Map(view.groups.map(({ id, name }) => [name, id])),
    store: deps.store,
    workspace,
    leavers,
    budget,
    seats: createSeatCount(supply, deps.seatMemory, view.seats === null ? deps.seats : null),
    circuit: deps.circuit,
    watch,
    successors,
    isFresh: request.lane === "urgent",
    protected: deps.policy.protected,
    stop: request.stop,
  };
}

/** Aborted a while after `stop`, unless `ended` comes first. */
function afterGrace(stop: AbortSignal, clock: Clock, ended: AbortSignal): AbortSignal {
  const grace = new AbortController();
  const begin = (): void => void clock.sleep(STOP_GRACE_MS, ended).then(() => grace.abort());
  if (stop.aborted) begin();
  else stop.addEventListener("abort", begin, { once: true, signal: ended });
  return grace.signal;
}

async function finish(run: Run, planned: PlannedRun | null, outcome: RunOutcome, report: JsonObject): Promise<void> {
  const { deps, held, record } = run;
  const { clock, log, metrics } = deps.ambient;
  const finishedAt = clock.now();
  const digest = planned?.plan.summary.digest ?? null;
  await deps.store.journal.finishRun(held.lease, { ...record, digest, finishedAt, outcome, report });
  const { id, lane, trigger } = record;
  log.info("run.finished", { run: id, lane, trigger, outcome });
  metrics.runFinished({ lane, trigger, outcome, durationMs: clock.monotonicMs() - run.startedAtMs });
}

/** Records why a run broke off. When even that fails, the next run finds it unfinished and marks it interrupted. */
async function abandon(run: Run, cause: unknown): Promise<void> {
  const isExpected = cause instanceof BridgeError;
  const report = {
    code: isExpected ? cause.code : "unexpected",
    message: isExpected ? cause.message : "An unexpected error: the log has it.",
  };
  try {
    // Nothing is wrong with a bridge whose plan was not what somebody expected.
    const isFault = !(run.request.stop.aborted || cause instanceof PlanChangedError || cause instanceof UsageError);
    await finish(run, null, isFault ? "failed" : "interrupted", report);
  } catch (error) {
    run.deps.ambient.log.warn("run.not-recorded", { run: run.record.id }, error);
  }
}
