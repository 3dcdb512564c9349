import type { Plan } from "../../domain/plan.ts";
import type { Reconciler } from "../../engine/runs/reconcile.ts";

type PlanScope = Parameters<Reconciler["plan"]>[0];

/** A plan that is there until it is closed. */
export interface OpenPlan {
  readonly plan: Plan;
  close(): void;
}

/**
 * Makes a plan that outlives the call, so that it can be sent while it is read: until it is closed, or `signal` is aborted.
 * Rejects as `Reconciler.plan` does.
 */
export function openPlan(
  reconciler: Pick<Reconciler, "plan">,
  scope: PlanScope,
  signal: AbortSignal,
): Promise<OpenPlan> {
  const opened = Promise.withResolvers<OpenPlan>();
  const closed = Promise.withResolvers<void>();
  if (signal.aborted) closed.resolve();
  signal.addEventListener("abort", () => closed.resolve(), { once: true });
  const made = reconciler.plan(scope, signal, (plan) => {
    opened.resolve({ plan, close: () => closed.resolve() });
    return closed.promise;
  });
  made.catch((error: unknown) => opened.reject(error));
  return opened.promise;
}
