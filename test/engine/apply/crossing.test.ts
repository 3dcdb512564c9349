import test from "ava";
import { createCrossing } from "../../../src/engine/apply/crossing.ts";
import { createTurns } from "../../../src/engine/apply/turns.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Metrics } from "../../../src/ports/metrics.ts";
import { NO_METRICS } from "../../../src/runtime/ambient.ts";
import { accountOf, hire, openTestBridge, patch, runFull, runUrgent } from "../../support/bridge.ts";

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("leavers are let in once everybody under way has stopped between two changes", async (t) => {
  const turns = createTurns();
  const turn = await turns.take("full");
  let looked = 0;
  const crossing = createCrossing(turn, async () => void (looked += 1));
  const [endOne] = [await crossing.enter(), await crossing.enter()];
  await crossing.pass();
  const wish = crossing.wish();
  const urgent = turns.take("urgent");
  t.true(wish.aborted);
  const done: string[] = [];
  const second = crossing.pass().then(() => done.push("second"));
  const late = crossing.enter().then(() => done.push("late"));
  await tick();
  t.deepEqual(done, [], "the first is still at its change");
  endOne();
  const theirs = await urgent;
  await tick();
  t.deepEqual(done, [], "nobody goes on while they have the turn");
  t.is(looked, 0);
  theirs.release();
  await Promise.all([second, late]);
  t.is(looked, 1);
  t.false(crossing.wish().aborted);
});

test("what looking at the limits says afterwards ends everybody's work", async (t) => {
  const turns = createTurns();
  const turn = await turns.take("full");
  const crossing = createCrossing(turn, () => Promise.reject(new Error("spent")));
  await crossing.enter();
  await crossing.enter();
  const urgent = turns.take("urgent").then((theirs) => theirs.release());
  const both = [crossing.pass(), crossing.pass()].map((pass) => t.throwsAsync(pass, { message: "spent" }));
  await Promise.all([urgent, ...both]);
});

test("a leaver is let in between two changes of people who join, however many are queued", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 500 } } });
  const lea = await hire(bridge, "lea@acme.example");
  await runFull(bridge);
  for (let n = 0; n < 100; n += 1) await hire(bridge, `p${n}@acme.example`, { department: "Sales", title: "Manager" });
  let writesAtPush = -1;
  let urgent: Promise<unknown> | undefined;
  bridge.product.hook(async (moment, change) => {
    await tick();
    if (urgent !== undefined || moment !== "before" || change.kind !== "assign-seat") return;
    urgent = patch(bridge, lea.id, { active: false }).then(() => runUrgent(bridge, { only: "leavers" }));
    writesAtPush = bridge.product.writes.length;
    // Time for the leaver to ask for the turn.
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  const full = runFull(bridge);
  while (urgent === undefined) await tick();
  await urgent;
  const first = bridge.product.writes.findIndex(({ change }) => change.cause === "leaver");
  t.true(first - writesAtPush <= 8, `${first - writesAtPush} changes of others went before, one for each under way`);
  t.is(accountOf(bridge, "lea@acme.example")?.status, "deactivated");
  t.is((await full).outcome, "done");
  t.is(bridge.product.state.accounts.size, 102);
});

test("a leaver does not wait for creations that the product asks to slow down", async (t) => {
  const told = new Set<string>();
  const metrics: Metrics = { ...NO_METRICS, changeSettled: (kind, as) => void told.add(`${kind} ${as}`) };
  const bridge = await openTestBridge(t, { product: { seats: { standard: 500 } }, metrics });
  const lea = await hire(bridge, "lea@acme.example");
  await runFull(bridge);
  for (let n = 0; n < 10; n += 1) await hire(bridge, `p${n}@acme.example`);
  let isBusy = true;
  let asked = (): void => undefined;
  const waits = new Promise<void>((resolve) => (asked = resolve));
  bridge.product.hook((moment, change) => {
    if (moment !== "before" || change.cause === "leaver" || !isBusy) return;
    asked();
    // Long enough for the clock of tests not to let it pass by itself.
    throw new ConnectorError("rate-limited", "429", { retryAfterMs: 9_000 });
  });
  const full = runFull(bridge);
  await waits;
  await tick();
  await patch(bridge, lea.id, { active: false });
  t.is((await runUrgent(bridge, { only: "leavers" }))?.outcome, "done");
  t.is(accountOf(bridge, "lea@acme.example")?.status, "deactivated");
  t.is(bridge.product.state.accounts.size, 2, "the others still wait");
  isBusy = false;
  const letPass = setInterval(() => bridge.clock.advance(10_000), 20);
  t.teardown(() => clearInterval(letPass));
  t.is((await full).outcome, "done");
  t.is(bridge.product.state.accounts.size, 12);
  t.true(told.has("create-account gave-way"));
  t.false(told.has("create-account failed"));
});
