import test from "ava";
import { ConnectorError, PlanChangedError, RunInProgressError } from "../../../src/domain/errors.ts";
import type { BackgroundRunRequest } from "../../../src/engine/runs/background-runs.ts";
import { accountOf, dryRun, hire, openTestBridge, runFull, type TestBridge } from "../../support/bridge.ts";
import { until } from "../../support/until.ts";

/** Longer than any test: what waits so long waits for the end of the run. */
const LONG_MS = 3_600_000;

function start(bridge: TestBridge, parts: Partial<BackgroundRunRequest> = {}) {
  const request = { lane: "full", trigger: "admin", waitMs: LONG_MS, ...parts } as const;
  return bridge.services().backgroundRuns.start(request);
}

/** Each change waits in the product until it is let go. */
function holdChanges({ product }: TestBridge): { readonly reached: Promise<void>; letGo(): void } {
  const reached = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  product.hook(async (moment) => {
    if (moment === "after") return;
    reached.resolve();
    await free.promise;
  });
  return { reached: reached.promise, letGo: () => free.resolve() };
}

/** Who looks on; what was seen. */
function lookOn(bridge: TestBridge): readonly string[] {
  const seen: string[] = [];
  bridge.services().backgroundRuns.watch({
    plan: async ({ summary }) => void seen.push(`plan ${summary.digest}`),
    report: ({ digest, outcome }) => void seen.push(`${outcome} ${digest}`),
  });
  return seen;
}

test("a run that ends in time is told with its report, and whoever looks on hears of it", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const seen = lookOn(bridge);
  const done = await start(bridge);
  if (done.state !== "finished") return t.fail(done.state);
  t.is(done.report.outcome, "done");
  t.is(done.report.changed["create-account"], 1);
  t.deepEqual(seen, [`plan ${done.report.digest}`, `done ${done.report.digest}`]);
});

test("a run that takes longer is told by its id, and goes on to its end", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const seen = lookOn(bridge);
  const changes = holdChanges(bridge);
  const begun = await start(bridge, { waitMs: 0 });
  if (begun.state !== "running") return t.fail(begun.state);
  const { runs } = bridge.services();
  t.like(await runs.find(begun.run), { id: begun.run, lane: "full", trigger: "admin", outcome: null });
  await changes.reached;
  await t.throwsAsync(start(bridge), { instanceOf: RunInProgressError });
  changes.letGo();
  await until("the end of the run", async () => (await runs.find(begun.run)).outcome !== null);
  t.is((await runs.find(begun.run)).outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  await until("the report", () => seen.length === 2);
  t.deepEqual(
    bridge.log.filter(({ level }) => level !== "info" && level !== "debug"),
    [],
  );
});

test("a run for those who were woken has nothing to do while nobody is", async (t) => {
  const bridge = await openTestBridge(t);
  const seen = lookOn(bridge);
  t.deepEqual(await start(bridge, { lane: "urgent" }), { state: "nothing-to-do" });
  t.deepEqual(seen, []);
});

test("a plan that is another one than the expected is refused with its digest, and nothing is written", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const { digest } = (await dryRun(bridge)).summary;
  const seen = lookOn(bridge);
  for (const expectDigest of ["000000", digest.slice(0, 5), `${digest}0`, ""]) {
    await t.throwsAsync(
      start(bridge, { expectDigest, waitMs: expectDigest === "000000" ? 0 : LONG_MS }),
      { instanceOf: PlanChangedError, message: new RegExp(`it is ${digest} now, not ${expectDigest}\\.`) },
      expectDigest,
    );
  }
  t.is(bridge.product.writes.length, 0);
  t.deepEqual(seen, []);
  t.is((await start(bridge, { expectDigest: digest.slice(0, 6) })).state, "finished");
  t.is(seen.length, 2);
});

test("a product that cannot be asked is an error of whoever asked for the run", async (t) => {
  const bridge = await openTestBridge(t);
  bridge.product.failReads(new ConnectorError("unavailable", "The product does not answer."));
  await t.throwsAsync(start(bridge), { instanceOf: ConnectorError, message: "The product does not answer." });
  t.deepEqual(
    bridge.log.filter(({ event }) => event === "run.failed"),
    [],
    "it was told, and need not be logged",
  );
});

test("what goes wrong after the answer is logged", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const reached = Promise.withResolvers<void>();
  bridge.product.hook(async (moment) => {
    if (moment === "after") return;
    await reached.promise;
    throw new ConnectorError("auth", "The product refuses our credentials.");
  });
  const begun = await start(bridge, { waitMs: 0 });
  t.is(begun.state, "running");
  reached.resolve();
  const line = await until("a line in the log", () => bridge.log.find(({ event }) => event === "run.failed"));
  t.like(line, { level: "warn", fields: { lane: "full", code: "connector.auth" } });
  await bridge.services().backgroundRuns.close();
});

test("closing lets each run finish the change it is at, begins nothing new, and waits for it", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  const { backgroundRuns, runs } = bridge.services();
  const changes = holdChanges(bridge);
  const waiting = start(bridge);
  await changes.reached;
  let isClosed = false;
  const closing = backgroundRuns.close().then(() => (isClosed = true));
  await new Promise((resolve) => setImmediate(resolve));
  t.false(isClosed);
  changes.letGo();
  await closing;
  const { state } = await waiting;
  t.is(state, "finished", "whoever waits is told at once");
  t.is((await runs.last(1))[0]?.outcome, "interrupted");
  t.true(bridge.product.writes.length < 4, "neither seats nor what else there was to do");
  await t.throwsAsync(start(bridge), { instanceOf: RunInProgressError, message: /stopping/ });
  bridge.product.hook(null);
  bridge.restart();
  t.is((await runFull(bridge)).outcome, "done", "the next process goes on");
});
