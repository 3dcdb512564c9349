import test from "ava";
import type { Stage } from "../../src/engine/progress.ts";
import { stagedTotal, startStage } from "../../src/engine/progress.ts";
import { ACME, hire, NEVER, openTestBridge } from "../support/bridge.ts";

test("a stage begins with 0 and counts up", (t) => {
  const told: (readonly [Stage, number, number | null])[] = [];
  const tick = startStage((...parts) => told.push(parts), "planning", 7);
  tick();
  tick(4);
  t.deepEqual(told, [
    ["planning", 0, 7],
    ["planning", 1, 7],
    ["planning", 5, 7],
  ]);
});

test("where nobody listens nothing is counted, not even how much there is to do", async (t) => {
  t.notThrows(() => startStage(undefined, "planning", 7)(3));
  const asked = { stagedCounts: () => Promise.reject(new Error("It was asked.")) };
  t.is(await stagedTotal(asked, new Map(), undefined), null);
});

test("people are counted in the directories that are configured, tombstones included", async (t) => {
  const counts = { active: 3, inactive: 2, deleted: 1, lastPushAt: null };
  const store = {
    stagedCounts: async () => ["acme", "gone"].map((id) => ({ directory: id as typeof ACME, ...counts })),
  };
  t.is(await stagedTotal(store, new Map([[ACME, []]]), () => undefined), 6);
});

test("whoever listens changes nothing of a plan", async (t) => {
  const bridge = await openTestBridge(t);
  for (const name of ["ana", "bo", "cy"]) await hire(bridge, `${name}@acme.example`, { department: "Sales" });
  const stages = new Set<Stage>();
  const plan = (onProgress?: (stage: Stage) => void) =>
    bridge.services().reconciler.plan(
      { of: "everybody" },
      NEVER,
      async ({ summary: { basis: _, ...summary }, people }) => ({
        summary,
        people: await Array.fromAsync(people()),
      }),
      onProgress,
    );
  const heard = await plan((stage) => stages.add(stage));
  t.deepEqual(heard, await plan());
  t.deepEqual([...stages], ["listing", "planning"]);
});
