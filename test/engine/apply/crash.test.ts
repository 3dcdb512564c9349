import test from "ava";
import {
  accountOf,
  book,
  createTestBridge,
  hire,
  patch,
  remove,
  runFull,
  runUrgent,
  snapshot,
  type TestBridge,
} from "../../support/bridge.ts";
import { Killed } from "../../support/mortal.ts";
import { DEFAULT_LIMITS } from "../../../src/domain/policy.ts";

/** Two leavers, one with a meeting, and a joiner: every kind of change, in a company so small that each one counts. */
async function prepare(): Promise<{ bridge: TestBridge; close(): Promise<void> }> {
  const made = await createTestBridge({ limits: DEFAULT_LIMITS });
  const { bridge } = made;
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  await remove(bridge, bo.id);
  await hire(bridge, "cy@acme.example", { department: "Support" });
  return made;
}

async function endOf(
  lane: "full" | "urgent",
  killAt: number,
): Promise<{ steps: readonly string[]; end: unknown; died: boolean }> {
  const { bridge, close } = await prepare();
  try {
    const { life } = bridge;
    const firstSteps = life().steps.length;
    life().killAt(firstSteps + killAt);
    const run = lane === "full" ? runFull : runUrgent;
    const died = await run(bridge).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Killed) return true;
        throw error;
      },
    );
    const steps = life().steps.slice(firstSteps);
    bridge.restart();
    bridge.clock.advance(20 * 60_000);
    await runFull(bridge);
    bridge.clock.advance(20 * 60_000);
    const report = await runFull(bridge);
    const before = bridge.product.writes.length;
    await runFull(bridge);
    const creates = bridge.product.writes.filter(
      ({ change, effect }) => change.kind === "create-account" && effect === "changed",
    );
    const end = {
      product: snapshot(bridge),
      outcome: report.outcome,
      changed: report.changed,
      creates: creates.length,
      lastWrites: bridge.product.writes.length - before,
      wakes: await bridge.store.wakes.count(),
      cy: accountOf(bridge, "cy@acme.example")?.seat,
    };
    return { steps, end, died };
  } finally {
    await close();
  }
}

const JOURNALLED = /^(product\.apply|store\.journal\.(intend|settle)) /;

// Each step once: those that are journalled in the full lane, all others in the urgent one.
for (const [lane, what, isTried] of [
  ["full", "journalled step of a full run", (step: string) => JOURNALLED.test(step)],
  ["urgent", "other step of an urgent run", (step: string) => !JOURNALLED.test(step)],
] as const) {
  test(`killed at any ${what}, the next process ends where nobody was killed`, async (t) => {
    t.timeout(120_000);
    const whole = await endOf(lane, Infinity);
    t.false(whole.died);
    t.like(whole.end, { outcome: "done", changed: {}, creates: 3, lastWrites: 0, wakes: 0, cy: "standard" });
    const tried = whole.steps.flatMap((name, index) => (isTried(name) ? [{ name, step: index + 1 }] : []));
    t.true(tried.length > 20);
    for (const { name, step } of tried) {
      const { end, died } = await endOf(lane, step);
      t.true(died, name);
      t.deepEqual(end, whole.end, `killed when ${name} (step ${step})`);
    }
  });
}
