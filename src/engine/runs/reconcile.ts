import { RunInProgressError } from "../../domain/errors.ts";
import type { Plan } from "../../domain/plan.ts";
import type { RunTrigger } from "../../ports/journal.ts";
import type { Workspace } from "../../ports/workspace.ts";
import { makePlan, type PlanScope } from "../plan/make-plan.ts";
import { createOvertaking } from "../apply/overtaking.ts";
import type { Unreadable } from "../plan/plan-people.ts";
import { rememberPlan } from "./record-plan.ts";
import { runOnce } from "./run-once.ts";
import type { OnProgress } from "../progress.ts";
import type { RunReport } from "./run-report.ts";
import type { ReconcilerDeps, RunRequest } from "./run-request.ts";

/** Observe, plan, apply. */
export interface Reconciler {
  /**
   * Makes a plan and hands it to `use`, after which it is gone, with those about whom the product would not tell. Writes
   * nothing to the product.
   */
  plan<T>(
    scope: PlanScope,
    signal: AbortSignal,
    use: (plan: Plan, unreadable: readonly Unreadable[]) => Promise<T>,
    onProgress?: OnProgress,
  ): Promise<T>;
  /**
   * Plans and carries out. Resolves to null when there was nobody to look at, or when `confirm` said no. Throws
   * RunInProgressError while another process, or a full run of this one, is at it; ConnectorError when the product
   * cannot be reached, refuses our credentials, or is left alone for a while because it failed too many people; LeaseLostError when another applier took over.
   */
  run(request: RunRequest): Promise<RunReport | null>;
}

/** Somebody who asks for a run is not told to wait until a product that failed is left alone no longer. */
const BY_HAND: ReadonlySet<RunTrigger> = new Set<RunTrigger>(["cli", "admin"]);

/** Makes the reconciler of one product. */
export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const overtaking = createOvertaking();
  let isFullRunning = false;

  const withWorkspace = async <T>(work: (workspace: Workspace) => Promise<T>): Promise<T> => {
    const workspace = await deps.store.openWorkspace();
    try {
      return await work(workspace);
    } finally {
      await workspace.close();
    }
  };

  const execute = async (request: RunRequest): Promise<RunReport | null> => {
    if (!BY_HAND.has(request.trigger)) deps.circuit.expectReady();
    const held = await deps.leaseKeeper.hold();
    deps.seatMemory.noteEpoch(held.lease.epoch);
    const goesFirst = request.lane === "urgent" && request.only !== "others";
    const turn = goesFirst ? await deps.turns.take("urgent") : null;
    const watch = overtaking.watch();
    try {
      return await withWorkspace((workspace) => runOnce(deps, request, { held, workspace, watch, turn }));
    } finally {
      watch.end();
      turn?.release();
      await held.release();
    }
  };

  return {
    plan: (scope, signal, use, onProgress) =>
      withWorkspace(async (workspace) => {
        const mapping = await deps.mappings.current();
        const { plan, unreadable } = await makePlan(deps, mapping, workspace, scope, signal, onProgress);
        await rememberPlan(deps.store.holds, deps.ambient.clock, plan);
        return use(plan, unreadable);
      }),
    async run(request) {
      if (request.lane === "urgent") return execute(request);
      if (isFullRunning) throw new RunInProgressError("A run is in progress: this process is reconciling everybody.");
      isFullRunning = true;
      try {
        return await execute(request);
      } finally {
        isFullRunning = false;
      }
    },
  };
}
