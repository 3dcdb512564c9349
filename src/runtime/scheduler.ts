import { createTask, type ScheduledTask } from "node-cron";
import { delayAfter, LISTING_BACK_OFF, RUN_BACK_OFF, type BackOff } from "../engine/runs/back-off.ts";
import { logFailedRun } from "../engine/runs/failed-run.ts";
import type { RunReport } from "../engine/runs/run-report.ts";
import type { Reconciler } from "../engine/runs/reconcile.ts";
import type { RunRequest } from "../engine/runs/run-request.ts";
import type { RunWatcher } from "../engine/runs/run-watcher.ts";
import type { Plan } from "../domain/plan.ts";
import { msBetween } from "../domain/instant.ts";
import { ConnectorError } from "../domain/errors.ts";
import type { Ambient, Log } from "../ports/ambient.ts";
import type { WakeReason } from "../ports/directory-tx.ts";
import type { RunTrigger } from "../ports/journal.ts";
import type { Wakes } from "../ports/wakes.ts";
import { patiently, watchApprovals, watchMapping, watchResumption, type AdminDecisions } from "./admin-watch.ts";

/** A burst of pushes is waited out for at most this many debounce times: a leaver among them must not wait for ever. */
const LONGEST_BURST = 4;

type CronLogger = NonNullable<NonNullable<Parameters<typeof createTask>[2]>["logger"]>;

/** When runs are made. */
export interface SchedulerOptions extends AdminDecisions {
  readonly reconciler: Reconciler;
  readonly wakes: Wakes;
  readonly ambient: Ambient;
  /** Cron expression of full runs and its IANA time zone. */
  readonly full: string;
  readonly timezone: string;
  readonly debounceMs: number;
  /** When a full run whose listing could not be trusted is made again; 1 min and more unless told. */
  readonly listAgain?: BackOff;
  readonly watch?: RunWatcher;
}

/** Starts full runs by the clock and urgent ones after pushes, and tries again what failed. */
export interface Scheduler {
  /** Begins with a full run: whatever happened while nobody was looking is put right. */
  start(): void;
  /** A push was staged. */
  pushed(): void;
  /** Stops new runs, lets the one under way finish the change it is at, and resolves when it has. */
  close(): Promise<void>;
}

/** How often wake-ups and decisions are looked for that nobody told this process of, and how long the longest burst has to be over. */
const LOOK_EVERY_MS = 2_000;
const OVERLOOKED_MS = 1_000;

/** Makes a scheduler; nothing happens before `start`. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { ambient } = options;
  const stop = new AbortController();
  const lookAhead = (): Promise<void> => wakeTheDue(options, [leavers, others]);
  const leavers = createLane({ lane: "urgent", only: "leavers" }, options, stop.signal, lookAhead);
  const others = createLane({ lane: "urgent", only: "others" }, options, stop.signal, lookAhead);
  const full = createLane({ lane: "full" }, options, stop.signal, lookAhead);
  let task: ScheduledTask | undefined;
  let burstSinceMs: number | null = null;
  let debounce: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  let asking: NodeJS.Timeout | undefined;

  const fire = (): void => {
    burstSinceMs = null;
    leavers.wake("push");
    // Whoever joins in the same burst may have the seats that its leavers free.
    void leavers.idle().then(() => others.wake("push"));
  };
  return {
    start() {
      const { timezone } = options;
      task = createTask(options.full, () => full.wake("schedule"), { timezone, logger: cronLogger(ambient.log) });
      void task.start();
      const lookForDecisions = createAdminWatch(options, full);
      // Before the first run reads anything: what is decided from now on may not be in it.
      lookForDecisions();
      full.wake("start");
      looking = setInterval(() => void nudgeOverlooked(options, { leaver: leavers, changed: others }), LOOK_EVERY_MS);
      asking = setInterval(lookForDecisions, LOOK_EVERY_MS);
    },
    pushed() {
      if (stop.signal.aborted) return;
      const nowMs = ambient.clock.monotonicMs();
      burstSinceMs ??= nowMs;
      const leftMs = burstSinceMs + options.debounceMs * LONGEST_BURST - nowMs;
      clearTimeout(debounce);
      debounce = setTimeout(fire, Math.max(0, Math.min(options.debounceMs, leftMs)));
    },
    async close() {
      stop.abort();
      clearTimeout(debounce);
      clearInterval(looking);
      clearInterval(asking);
      await task?.destroy();
      await Promise.all([leavers.idle(), others.idle(), full.idle()]);
    },
  };
}

/** Woken people who are still due make another run soon; those whose next attempt is later make one then. */
async function wakeTheDue({ wakes, ambient, debounceMs }: SchedulerOptions, lanes: readonly Lane[]): Promise<void> {
  const now = ambient.clock.now();
  const isDue = (await wakes.due(now, 1)).length > 0;
  const delays = (await wakes.failures()).map(({ nextAt }) => Math.max(0, msBetween(now, nextAt)));
  const nextMs = delays.reduce((least, ms) => Math.min(least, ms), isDue ? debounceMs : Infinity);
  if (nextMs !== Infinity) for (const lane of lanes) lane.wakeIn(nextMs);
}

/** Somebody woken by another process, such as a command that released them, or by one that was killed. */
async function nudgeOverlooked(
  { wakes, ambient, debounceMs }: SchedulerOptions,
  lanes: Record<WakeReason, Lane>,
): Promise<void> {
  try {
    const now = ambient.clock.now();
    const patienceMs = debounceMs * LONGEST_BURST + OVERLOOKED_MS;
    // Whose grace is over is woken by the run itself.
    const due = await wakes.nextDeferred();
    if (due !== null && due <= now) lanes.leaver.nudge();
    for (const reason of ["leaver", "changed"] as const) {
      const [oldest] = await wakes.due(now, 1, reason);
      if (oldest !== undefined && msBetween(oldest.since, now) > patienceMs) lanes[reason].nudge();
    }
  } catch (error) {
    ambient.log.warn("wakes.not-read", {}, error);
  }
}

/** Makes a full run soon after an admin, in whatever process, has approved a plan, saved a mapping or ended a restore. */
function createAdminWatch({ holds, mappings, restorations, ambient }: SchedulerOptions, full: Lane): () => void {
  const { log, clock } = ambient;
  const watches = [
    patiently(
      watchApprovals(holds, () => clock.now()),
      log,
      "approvals.not-read",
    ),
    patiently(watchMapping(mappings), log, "mapping.not-read"),
    patiently(watchResumption(restorations), log, "restoration.not-read"),
  ];
  return () => {
    for (const watch of watches) void watch().then((isDue) => (isDue ? full.wake("admin") : undefined));
  };
}

/** Runs of one kind, one after the other; a wake-up during a run makes one more after it. */
interface Lane {
  wake(trigger: RunTrigger): void;
  /** A wake-up unless a run is under way, or the last one failed and is tried again anyway. */
  nudge(): void;
  /** A wake-up later on; replaces the one that was set before. */
  wakeIn(ms: number): void;
  /** Resolves when no run of this lane is under way. */
  idle(): Promise<void>;
}

function createLane(
  kind: Pick<RunRequest, "lane" | "only">,
  { reconciler, ambient, watch, listAgain = LISTING_BACK_OFF }: SchedulerOptions,
  stop: AbortSignal,
  lookAhead: () => Promise<void>,
): Lane {
  let pending: RunTrigger | null = null;
  let running: Promise<void> | null = null;
  let failures = 0;
  let untrusted = 0;
  let timer: NodeJS.Timeout | undefined;
  stop.addEventListener("abort", () => clearTimeout(timer));

  const wakeIn = (ms: number): void => {
    clearTimeout(timer);
    if (!stop.aborted) timer = setTimeout(() => wake("retry"), ms);
  };
  const confirm = async (plan: Plan): Promise<boolean> => {
    await watch?.plan(plan);
    return true;
  };
  // What such a run holds, it holds for everybody: the time table may be hours off when the product has long healed.
  const listSoon = ({ summary }: RunReport): void => {
    untrusted = summary.basis.observation.complete ? 0 : untrusted + 1;
    if (untrusted > 0) wakeIn(delayAfter(untrusted, listAgain, ambient.random()));
  };
  const attempt = async (trigger: RunTrigger): Promise<void> => {
    try {
      const done = await reconciler.run({ ...kind, trigger, stop, confirm });
      failures = 0;
      if (done !== null) listSoon(done);
      if (done !== null) watch?.report(done);
      // Nobody looked at, nobody left to look at: looking ahead then would go round in circles.
      if (done !== null) await lookAhead();
    } catch (error) {
      if (stop.aborted) return ambient.log.info("run.stopped", { lane: kind.lane });
      failures += 1;
      logFailedRun(ambient.log, kind.lane, error);
      const atLeastMs = error instanceof ConnectorError ? error.retryAfterMs : undefined;
      wakeIn(delayAfter(failures, RUN_BACK_OFF, ambient.random(), atLeastMs));
    }
  };
  const work = async (): Promise<void> => {
    while (pending !== null && !stop.aborted) {
      const trigger = pending;
      pending = null;
      await attempt(trigger);
    }
    running = null;
  };
  const wake = (trigger: RunTrigger): void => {
    if (stop.aborted) return;
    pending = trigger;
    running ??= work();
  };
  const nudge = (): void => {
    if (running === null && failures === 0) wake("retry");
  };
  return { wake, nudge, wakeIn, idle: async () => void (await running) };
}

/** node-cron writes to the console unless it is given somewhere else to write to. */
function cronLogger(log: Log): CronLogger {
  return {
    info: () => undefined,
    debug: () => undefined,
    warn: () => log.warn("cron.warned"),
    error: (message: string | Error) => log.error("cron.failed", {}, message),
  };
}
