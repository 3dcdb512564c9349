import { RunInProgressError } from "../../domain/errors.ts";
import type { Ambient } from "../../ports/ambient.ts";
import { expectDigest } from "./expect-digest.ts";
import { logFailedRun } from "./failed-run.ts";
import type { Reconciler } from "./reconcile.ts";
import type { RunReport } from "./run-report.ts";
import type { RunRequest } from "./run-request.ts";
import type { RunWatcher } from "./run-watcher.ts";

/** A run that somebody asks for who does not want to wait for its end. */
export interface BackgroundRunRequest extends Omit<RunRequest, "stop" | "confirm" | "onStarted" | "onProgress"> {
  /** The digest that the plan must have, or its beginning, at least six hexadecimal digits; without it any plan will do. */
  readonly expectDigest?: string;
  /** How long to wait for the end of the run; 0: not at all. */
  readonly waitMs: number;
}

/** What became of a run, as far as it is known. `running`: the id of its record, which tells the rest. */
export type BackgroundRun =
  | { readonly state: "finished"; readonly report: RunReport }
  | { readonly state: "running"; readonly run: string }
  | { readonly state: "nothing-to-do" };

/** Runs that go on after whoever asked for them has got an answer. */
export interface BackgroundRuns {
  /**
   * Starts a run, and resolves when it has ended or `waitMs` are over, but not before it has a record and, where a digest
   * is expected, its plan was found to be that one. Until then it
   * rejects as `Reconciler.run` does: with PlanChangedError where the plan is not the expected one, RunInProgressError,
   * ConnectorError, TenantChangedError, LeaseLostError, UsageError. What goes wrong after that is logged, and in the record.
   */
  start(request: BackgroundRunRequest): Promise<BackgroundRun>;
  /** Who looks on at these runs, from now on; one at a time. */
  watch(watcher: RunWatcher): void;
  /** Stops the runs that are under way, each after the change it is at, and resolves when they have ended. */
  close(): Promise<void>;
}

/** Makes the use case; nothing is under way at first. */
export function createBackgroundRuns(reconciler: Pick<Reconciler, "run">, { clock, log }: Ambient): BackgroundRuns {
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();
  let watcher: RunWatcher | null = null;

  const carryOut = async (
    { expectDigest: expected, ...request }: Omit<BackgroundRunRequest, "waitMs">,
    onBegun: (run: string) => void,
  ) => {
    const begun = Promise.withResolvers<string>();
    if (expected === undefined) void begun.promise.then(onBegun);
    const report = await reconciler.run({
      ...request,
      stop: stop.signal,
      onStarted: ({ id }) => begun.resolve(id),
      async confirm(plan) {
        expectDigest(plan, expected);
        void begun.promise.then(onBegun);
        await watcher?.plan(plan);
        return true;
      },
    });
    if (report !== null) watcher?.report(report);
    return report;
  };
  const follow = (ended: Promise<void>): void => {
    const followed = ended.finally(() => underWay.delete(followed));
    underWay.add(followed);
  };

  return {
    async start({ waitMs, ...request }) {
      if (stop.signal.aborted) throw new RunInProgressError("The bridge is stopping: ask again when it is back.");
      const answer = createAnswer<BackgroundRun>();
      const started = Promise.withResolvers<string>();
      const waiting = new AbortController();
      const isOver = clock.sleep(waitMs, waiting.signal);
      void isOver.then(() => started.promise).then((run) => answer.resolve({ state: "running", run }));
      const onFailed = (error: unknown): void => {
        if (answer.reject(error)) return;
        if (stop.signal.aborted) log.info("run.stopped", { lane: request.lane });
        else logFailedRun(log, request.lane, error);
      };
      const ended = carryOut(request, started.resolve);
      follow(ended.then((report) => void answer.resolve(stateOf(report)), onFailed).finally(() => waiting.abort()));
      return answer.promise;
    },
    watch: (next) => void (watcher = next),
    async close() {
      stop.abort();
      await Promise.all(underWay);
    },
  };
}

function stateOf(report: RunReport | null): BackgroundRun {
  return report === null ? { state: "nothing-to-do" } : { state: "finished", report };
}

/** A promise that is settled once; the answers say whether this was the time. */
function createAnswer<T>(): {
  readonly promise: Promise<T>;
  resolve(value: T): boolean;
  reject(error: unknown): boolean;
} {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let isSettled = false;
  const once = (settle: () => void): boolean => {
    if (isSettled) return false;
    isSettled = true;
    settle();
    return true;
  };
  return { promise, resolve: (value) => once(() => resolve(value)), reject: (error) => once(() => reject(error)) };
}
