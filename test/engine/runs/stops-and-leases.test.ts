import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Change } from "../../../src/domain/plan.ts";
import { accountOf, dryRun, hire, openTestBridge, runFull } from "../../support/bridge.ts";

test("a run that was stopped finishes the change it is at, and the next one goes on from there", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 10; n += 1) await hire(bridge, `p${n}@acme.example`);
  const stop = new AbortController();
  bridge.product.hook((moment, change) => {
    if (moment === "before" && isCreateOf(change, "p2@acme.example")) stop.abort();
  });
  const report = await runFull(bridge, { stop: stop.signal });
  t.is(report.outcome, "interrupted");
  t.truthy(accountOf(bridge, "p2@acme.example"), "the change under way was finished");
  t.is(accountOf(bridge, "p9@acme.example"), undefined);
  t.true((await bridge.store.wakes.count()) > 0);
  bridge.product.hook(null);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(bridge.product.writes.filter(({ change }) => change.kind === "create-account").length, 10);
  t.is(await bridge.store.wakes.count(), 0);
});

test("a stop ends the pause between two attempts", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const stop = new AbortController();
  let calls = 0;
  bridge.product.hook(() => {
    calls += 1;
    stop.abort();
    throw new ConnectorError("rate-limited", "slow down", { retryAfterMs: 9_000 });
  });
  t.is((await runFull(bridge, { stop: stop.signal })).outcome, "interrupted");
  t.is(calls, 1);
});

test("a product that hangs is given up a moment after the stop, and the outcome stays open", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  const stop = new AbortController();
  const real = bridge.product.connector.apply.bind(bridge.product.connector);
  Object.assign(bridge.product.connector, {
    apply: async (...[change, context]: Parameters<typeof real>) => {
      if (change.kind !== "create-account") return real(change, context);
      stop.abort();
      setTimeout(() => bridge.clock.advance(4_000), 10);
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      throw new ConnectorError("unavailable", "stopped before it answered");
    },
  });
  t.is((await runFull(bridge, { stop: stop.signal })).outcome, "interrupted");
  const [entry] = await bridge.store.journal.entries(ana.id);
  t.is(entry?.state, "unknown");
});

test("two full runs of one process do not overlap", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const first = runFull(bridge);
  await t.throwsAsync(runFull(bridge), { code: "run.in-progress" });
  await first;
});

test("another process gets to hear that a run is in progress, and reads as before", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const lease = await bridge.store.leases.acquire(
    "in-memory",
    "elsewhere/1/x",
    bridge.clock.now(),
    60_000,
    () => false,
  );
  await t.throwsAsync(runFull(bridge), { code: "run.in-progress", message: /another process/ });
  t.is((await dryRun(bridge)).summary.tally.counts["create-account"], 1);
  await bridge.store.leases.release(lease!);
  t.is((await runFull(bridge)).outcome, "done");
});

test("whoever lost the lease writes nothing more", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 6; n += 1) await hire(bridge, `p${n}@acme.example`);
  let writes = -1;
  bridge.product.hook(async (moment, change) => {
    if (moment !== "before" || !isCreateOf(change, "p0@acme.example")) return;
    await bridge.store.leases.acquire("in-memory", "elsewhere/1/x", bridge.clock.now(), 1, () => true);
    writes = bridge.product.writes.length;
  });
  await t.throwsAsync(runFull(bridge), { code: "run.lease-lost" });
  t.true(bridge.product.writes.length <= writes + 4, "only what was under way ended");
  bridge.product.hook(null);
  bridge.clock.advance(60_000);
  t.is((await runFull(bridge)).outcome, "done");
  t.is([...bridge.product.state.accounts.values()].length, 7);
});

test("a plan that is declined changes nothing and leaves no mark on health", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  const { reconciler, health } = bridge.services();
  t.is(
    await reconciler.run({
      lane: "full",
      trigger: "cli",
      stop: new AbortController().signal,
      confirm: async () => false,
    }),
    null,
  );
  t.is(bridge.product.writes.length, 0);
  t.is(await bridge.store.wakes.count(), 1);
  const { components } = await health.report();
  t.true(components.every(({ status }) => status === "ok"));
});

function isCreateOf(change: Change, email: string): boolean {
  return change.kind === "create-account" && change.desired.profile.email === email;
}
