/** What is counted of changes, runs and leavers, as whoever implements Metrics hears of it. */
import test from "ava";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { Metrics } from "../../src/ports/metrics.ts";
import { NO_METRICS } from "../../src/runtime/ambient.ts";
import { accountOf, dryRun, hire, openTestBridge, patch, remove, runFull, runUrgent } from "../support/bridge.ts";

/** Counts by name, each with what it was told. */
function aTally(): { readonly metrics: Metrics; readonly told: string[] } {
  const told: string[] = [];
  const metrics: Metrics = {
    ...NO_METRICS,
    changeSettled: (kind, as) => told.push(`${kind} ${as}`),
    leaverDone: (word, tookMs) => told.push(`leaver ${word} ${Math.floor(tookMs / 1_000)} s`),
    runFinished: ({ lane, trigger, outcome, durationMs }) =>
      told.push(`${lane} run by ${trigger} ${outcome} ${durationMs > 0 ? "after a while" : "at once"}`),
  };
  return { metrics, told };
}

test("each change is told once, as it was settled; a plan tells nothing", async (t) => {
  const { metrics, told } = aTally();
  const bridge = await openTestBridge(t, { metrics });
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await dryRun(bridge);
  t.deepEqual(told, []);
  await runFull(bridge);
  t.deepEqual(told, [
    "create-group changed",
    "create-account changed",
    "assign-seat changed",
    "add-to-group changed",
    "full run by schedule done after a while",
  ]);
});

test("a change without an answer is unknown, and one that was refused has failed", async (t) => {
  const { metrics, told } = aTally();
  const bridge = await openTestBridge(t, { metrics });
  await hire(bridge, "ana@acme.example");
  bridge.product.hook((moment, { kind }) => {
    if (moment === "after" && kind === "create-account") throw new ConnectorError("unavailable", "no answer");
  });
  await runFull(bridge);
  bridge.product.hook((_, { kind }) => {
    if (kind === "assign-seat") throw new ConnectorError("rejected", "no");
  });
  bridge.clock.advance(3_600_000);
  await runFull(bridge);
  t.true(told.includes("create-account unknown"), told.join("; "));
  t.true(told.includes("assign-seat failed"), told.join("; "));
  t.true(accountOf(bridge, "ana@acme.example") !== undefined);
});

test("a leaver is told once it is proved, with the word and how long it took; a run that breaks off has failed", async (t) => {
  const { metrics, told } = aTally();
  const bridge = await openTestBridge(t, { metrics });
  const ana = await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  told.length = 0;
  await patch(bridge, ana.id, { active: false });
  await remove(bridge, bo.id);
  bridge.product.failReads(new ConnectorError("unavailable", "down"));
  await t.throwsAsync(runUrgent(bridge));
  t.deepEqual(told, ["urgent run by push failed after a while"]);
  bridge.product.failReads(null);
  bridge.clock.advance(20_000);
  await runUrgent(bridge);
  t.deepEqual(told.filter((line) => line.startsWith("leaver")).sort(), [
    "leaver active=false 20 s",
    "leaver deleted 20 s",
  ]);
});
