import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { Completeness } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryUserId } from "../../src/domain/directory.ts";
import { ConnectorError, RunInProgressError } from "../../src/domain/errors.ts";
import { addMs } from "../../src/domain/instant.ts";
import type { PlanDigest } from "../../src/domain/plan.ts";
import type { RunReport } from "../../src/engine/runs/run-report.ts";
import type { RunRequest } from "../../src/engine/runs/run-request.ts";
import type { Approval } from "../../src/ports/holds.ts";
import type { Restoration } from "../../src/ports/restorations.ts";
import type { Failure, Wake, Wakes } from "../../src/ports/wakes.ts";
import { systemClock } from "../../src/runtime/ambient.ts";
import { createScheduler, type Scheduler } from "../../src/runtime/scheduler.ts";
import { anAmbient, type LogLine } from "../support/bridge.ts";
import { aPlan } from "../support/plan-builders.ts";

const DEBOUNCE_MS = 40;

interface Run {
  readonly lane: string;
  readonly only: string | undefined;
  readonly trigger: string;
  readonly atMs: number;
}

interface Setting {
  readonly scheduler: Scheduler;
  readonly runs: Run[];
  readonly log: LogLine[];
  readonly state: {
    approvals: Approval[];
    mappingVersion: number | null;
    restoration: Restoration | null;
    due: Wake[];
    failures: Failure[];
    nextDeferred: Instant | null;
    observation: Completeness;
    work: (request: RunRequest) => Promise<boolean>;
  };
  readonly startedAtMs: number;
  leavers(): readonly Run[];
  others(): readonly Run[];
}

/** A scheduler over a reconciler that only notes when it was asked; `state.work` says what becomes of it. */
async function open(t: ExecutionContext, cron = "0 0 1 1 *"): Promise<Setting> {
  const runs: Run[] = [];
  const log: LogLine[] = [];
  const observation: Completeness = { complete: true, accounts: 1 };
  const state: Setting["state"] = {
    approvals: [],
    mappingVersion: null,
    restoration: null,
    due: [],
    failures: [],
    nextDeferred: null,
    observation,
    work: async () => true,
  };
  const ambient = anAmbient(systemClock, log);
  const { summary } = await aPlan([]);
  const report: RunReport = {
    id: "r",
    outcome: "done",
    digest: "7f3a9c1e2b44" as PlanDigest,
    summary,
    changed: {},
    alreadySo: 0,
    failedChanges: 0,
    failed: [],
    superseded: 0,
    durationMs: 1,
  };
  const startedAtMs = performance.now();
  const scheduler = createScheduler({
    reconciler: {
      plan: () => Promise.reject(new Error("A scheduler makes no dry runs.")),
      async run(request) {
        const { lane, only, trigger } = request;
        runs.push({ lane, only, trigger, atMs: performance.now() - startedAtMs });
        const basis = { ...summary.basis, observation: state.observation };
        return (await state.work(request)) ? { ...report, summary: { ...summary, basis } } : null;
      },
    },
    wakes: {
      due: async () => state.due,
      failures: async () => state.failures,
      nextDeferred: async () => state.nextDeferred,
    } as Partial<Wakes> as Wakes,
    holds: { givenApprovals: async () => state.approvals },
    mappings: { newest: async () => state.mappingVersion },
    restorations: { standing: async () => state.restoration },
    ambient,
    full: cron,
    timezone: "UTC",
    debounceMs: DEBOUNCE_MS,
    listAgain: { firstMs: 40, capMs: 100 },
  });
  t.teardown(() => scheduler.close());
  const of = (whom: string) => (): readonly Run[] => runs.filter(({ only }) => only === whom);
  return { scheduler, runs, log, state, startedAtMs, leavers: of("leavers"), others: of("others") };
}

const until = async (condition: () => boolean, ms = 3_000): Promise<void> => {
  const endMs = performance.now() + ms;
  while (!condition() && performance.now() < endMs) await delay(5);
};

// One at a time: they are about time, and share one.
test.serial("nothing happens before the start, which begins with a full run", async (t) => {
  const { scheduler, runs } = await open(t);
  await delay(30);
  t.deepEqual(runs, []);
  scheduler.start();
  await until(() => runs.length > 0);
  t.like(runs, [{ lane: "full", trigger: "start" }]);
});

test.serial("a full run whose listing cannot be trusted is made again soon, until it can", async (t) => {
  const { scheduler, runs, state } = await open(t);
  state.observation = { complete: false, accounts: 0, reason: "too-few", detail: "0 of 8" };
  scheduler.start();
  await until(() => runs.length >= 3);
  t.like(runs.slice(0, 3), [
    { lane: "full", trigger: "start" },
    { lane: "full", trigger: "retry" },
    { lane: "full", trigger: "retry" },
  ]);
  state.observation = { complete: true, accounts: 8 };
  const count = runs.length;
  await until(() => runs.length > count);
  await delay(250);
  t.is(runs.length, count + 1);
});

test.serial("a burst of pushes makes one run for those who are no leavers, once it has ended", async (t) => {
  const { scheduler, others, startedAtMs } = await open(t);
  const pushedAtMs = performance.now() - startedAtMs;
  for (let n = 0; n < 5; n += 1) scheduler.pushed();
  await until(() => others().length > 0);
  await delay(DEBOUNCE_MS * 3);
  t.like(others(), [{ trigger: "push" }]);
  t.is(others().length, 1);
  t.true(others()[0]!.atMs - pushedAtMs >= DEBOUNCE_MS - 2);
});

test.serial("a burst that does not end is not waited out for ever", async (t) => {
  const { scheduler, others } = await open(t);
  const pushing = setInterval(() => scheduler.pushed(), 5);
  await until(() => others().length >= 2, 2_000);
  clearInterval(pushing);
  t.true(others().length >= 2);
});

test.serial("runs of one lane do not overlap; what comes during one makes one more after it", async (t) => {
  const { scheduler, others, state } = await open(t);
  let finish = (): void => undefined;
  state.work = ({ only }) =>
    only === "others" ? new Promise((resolve) => (finish = () => resolve(true))) : Promise.resolve(true);
  scheduler.pushed();
  await until(() => others().length === 1);
  for (let n = 0; n < 2; n += 1) {
    scheduler.pushed();
    await delay(DEBOUNCE_MS * 3);
  }
  t.is(others().length, 1);
  finish();
  await until(() => others().length === 2);
  finish();
  await delay(DEBOUNCE_MS * 3);
  t.is(others().length, 2);
});

test.serial("of one burst, leavers are taken before the others", async (t) => {
  const { scheduler, runs, others, state } = await open(t);
  let finish = (): void => undefined;
  state.work = ({ only }) =>
    only === "leavers" ? new Promise((resolve) => (finish = () => resolve(true))) : Promise.resolve(true);
  scheduler.pushed();
  await until(() => runs.length === 1);
  await delay(DEBOUNCE_MS);
  t.deepEqual(
    runs.map(({ only }) => only),
    ["leavers"],
  );
  finish();
  await until(() => others().length === 1);
  t.is(others().length, 1);
});

test.serial("leavers do not wait for a run of others that is under way", async (t) => {
  const { scheduler, leavers, others, state } = await open(t);
  let finish = (): void => undefined;
  state.work = ({ only }) =>
    only === "others" ? new Promise((resolve) => (finish = () => resolve(true))) : Promise.resolve(true);
  scheduler.pushed();
  await until(() => others().length === 1);
  scheduler.pushed();
  await until(() => leavers().length === 2);
  t.is(leavers().length, 2);
  t.is(others().length, 1);
  finish();
});

test.serial("an urgent run does not wait for a full one", async (t) => {
  const { scheduler, others, state } = await open(t);
  let finish = (): void => undefined;
  state.work = ({ lane }) =>
    lane === "urgent" ? Promise.resolve(true) : new Promise((resolve) => (finish = () => resolve(true)));
  scheduler.start();
  scheduler.pushed();
  await until(() => others().length > 0);
  t.is(others().length, 1);
  finish();
});

test.serial(
  "a run that failed is tried again, with a pause that grows, and the fault is logged by its code",
  async (t) => {
    const { scheduler, runs, state, log } = await open(t);
    let failures = 0;
    state.work = async () => {
      failures += 1;
      if (failures === 1) throw new ConnectorError("unavailable", "down");
      if (failures === 2) throw new TypeError("ours");
      return true;
    };
    scheduler.start();
    await until(() => runs.length === 3, 6_000);
    t.deepEqual(
      runs.map(({ trigger }) => trigger),
      ["start", "retry", "retry"],
    );
    const [first, second, third] = runs.map(({ atMs }) => atMs) as [number, number, number];
    t.true(second - first >= 700, "three quarters of a second");
    t.true(third - second >= 1_400, "twice as much");
    t.deepEqual(
      log.filter(({ event }) => event === "run.failed").map(({ level, fields }) => [level, fields["code"]]),
      [
        ["warn", "connector.unavailable"],
        ["error", "unexpected"],
      ],
    );
  },
);

test.serial("a product that asks for patience is given it", async (t) => {
  const { scheduler, runs, state } = await open(t);
  state.work = async () => {
    throw new ConnectorError("rate-limited", "slow down", { retryAfterMs: 60_000 });
  };
  scheduler.start();
  await until(() => runs.length === 1);
  await delay(1_300);
  t.is(runs.length, 1);
});

test.serial("a run that another process has postponed is no fault", async (t) => {
  const { scheduler, runs, state, log } = await open(t);
  state.work = async () => {
    if (runs.length === 1) throw new RunInProgressError("busy");
    return true;
  };
  scheduler.start();
  await until(() => runs.length === 2);
  t.is(runs.length, 2);
  t.deepEqual(
    log.map(({ level, event }) => [level, event]),
    [["info", "run.postponed"]],
  );
});

test.serial(
  "those who are still woken make another run soon, those who failed one when their pause is over",
  async (t) => {
    const { scheduler, others, state } = await open(t);
    const user = "ana" as DirectoryUserId;
    const now = systemClock.now();
    state.failures = Array.from({ length: 150_000 }, (_, n) => ({
      user,
      attempts: 1,
      nextAt: addMs(now, n === 7 ? 150 : 60_000),
      code: "x",
      message: "x",
    }));
    scheduler.pushed();
    await until(() => others().length === 1);
    state.work = async () => ((state.failures = []), true);
    await until(() => others().length === 2);
    t.is(others()[1]?.trigger, "retry");
    state.due = [{ user, reason: "changed", since: now, sequence: 1 }];
    scheduler.pushed();
    await until(() => others().length === 3);
    state.due = [];
    await until(() => others().length === 4);
    t.is(others().length, 4);
    await delay(DEBOUNCE_MS * 3);
    t.is(others().length, 4, "and then nobody is left");
  },
);

test.serial("nobody to look at: the scheduler does not go round in circles", async (t) => {
  const { scheduler, others, state } = await open(t);
  state.work = async () => false;
  state.due = [{ user: "ana" as DirectoryUserId, reason: "changed", since: systemClock.now(), sequence: 1 }];
  scheduler.pushed();
  await delay(DEBOUNCE_MS * 6);
  t.is(others().length, 1);
});

test.serial(
  "an approval makes one full run soon, whoever gave it; one that was there at the start makes none",
  async (t) => {
    const { scheduler, runs, state } = await open(t);
    const approve = (digest: string, approvedAt = systemClock.now()): void => {
      const expiry = { expiresAt: addMs(approvedAt, 3_600_000), expiresElapsedMs: 3_600_000 };
      const approval = { digest: digest as PlanDigest, approvedAt, ...expiry, author: "cli", reason: "they left" };
      state.approvals = [...state.approvals, approval];
    };
    approve("aaaaaaaaaaaa", addMs(systemClock.now(), -60_000));
    scheduler.start();
    await delay(2_300);
    t.like(runs, [{ lane: "full", trigger: "start" }]);
    t.is(runs.length, 1);
    approve("bbbbbbbbbbbb");
    await until(() => runs.length === 2);
    t.like(runs[1], { lane: "full", trigger: "admin" });
    await delay(2_300);
    t.is(runs.length, 2, "an approval that is still open, since the plan has grown, makes no other");
    approve("bbbbbbbbbbbb");
    await until(() => runs.length === 3);
    t.is(runs.length, 3);
  },
);

test.serial("a mapping that another process has saved, and a resumption, each make one full run soon", async (t) => {
  const { scheduler, runs, state } = await open(t);
  const admins = (): readonly Run[] => runs.filter(({ lane, trigger }) => lane === "full" && trigger === "admin");
  state.restoration = { restoredAt: systemClock.now(), knownUntil: null };
  scheduler.start();
  await until(() => runs.length === 1);
  state.mappingVersion = 2;
  await until(() => admins().length === 1);
  t.is(admins().length, 1);
  state.restoration = null;
  await until(() => admins().length === 2);
  t.is(admins().length, 2);
});

test.serial("whoever waits for a time is looked at within seconds of it", async (t) => {
  const { scheduler, leavers, state } = await open(t);
  state.nextDeferred = addMs(systemClock.now(), 2_500);
  state.work = async ({ only }) => {
    if (only === "leavers") state.nextDeferred = null;
    return true;
  };
  scheduler.start();
  await delay(2_300);
  t.is(leavers().length, 0);
  await until(() => leavers().length > 0);
  t.is(leavers().length, 1);
});

test.serial("full runs are made by the clock", async (t) => {
  const { scheduler, runs } = await open(t, "* * * * * *");
  scheduler.start();
  await until(() => runs.length >= 2, 3_500);
  t.deepEqual(
    runs.slice(0, 2).map(({ trigger }) => trigger),
    ["start", "schedule"],
  );
});

test.serial(
  "closing lets what is under way end, starts nothing more, and what breaks off then is no fault",
  async (t) => {
    const { scheduler, runs, state, log } = await open(t);
    let ended = false;
    state.work = async ({ stop }) => {
      await new Promise((resolve) => stop.addEventListener("abort", resolve));
      await delay(30);
      ended = true;
      throw new DOMException("This operation was aborted", "AbortError");
    };
    scheduler.start();
    await until(() => runs.length === 1);
    scheduler.pushed();
    await scheduler.close();
    t.true(ended);
    scheduler.pushed();
    await delay(DEBOUNCE_MS * 3);
    t.is(runs.length, 1);
    t.deepEqual(
      log.map(({ level, event }) => [level, event]),
      [["info", "run.stopped"]],
    );
  },
);
