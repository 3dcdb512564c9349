import test, { type ExecutionContext } from "ava";
import { accountOf, hire, openTestBridge, patch, runFull, runUrgent, type TestBridge } from "../../support/bridge.ts";

const MINUTE = 60_000;
const by = { author: "cli", reason: "looked through" };

/**
 * As after a restore of a database from before: Ana's account was shut since, Bo had left then, Cy stays, and Di is known to
 * the backup alone.
 */
async function restored(t: ExecutionContext): Promise<TestBridge & { readonly ids: Readonly<Record<string, string>> }> {
  const bridge = await openTestBridge(t);
  const ids: Record<string, string> = {};
  for (const name of ["ana", "bo", "cy"]) ids[name] = (await hire(bridge, `${name}@acme.example`)).id;
  await runFull(bridge);
  bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { status: "deactivated" });
  await patch(bridge, ids["bo"]!, { active: false });
  ids["di"] = (await hire(bridge, "di@acme.example")).id;
  bridge.clock.advance(MINUTE);
  const restoredAt = bridge.clock.now();
  const audit = { at: restoredAt, actor: "cli", action: "store.restored", subject: "store", detail: {} };
  await bridge.store.restorations.note({ restoredAt, knownUntil: null }, audit);
  bridge.clock.advance(MINUTE);
  return { ...bridge, ids };
}

const statusOf = (bridge: TestBridge, name: string): string | undefined =>
  accountOf(bridge, `${name}@acme.example`)?.status;

test("nobody is let in again, shut out or created by what a restored database knows", async (t) => {
  const bridge = await restored(t);
  const report = await runFull(bridge);
  t.deepEqual(report.changed, {});
  t.true(report.summary.tally.held.restored > 0);
  t.is(report.summary.tally.held.mode, 0, "it is the restore that holds, not the mode");
  t.is(report.outcome, "held");
  t.deepEqual(
    ["ana", "bo", "cy", "di"].map((name) => statusOf(bridge, name)),
    ["deactivated", "active", "active", undefined],
  );
  const urgent = await runUrgent(bridge);
  t.deepEqual(urgent?.changed ?? {}, {});
  const { components } = await bridge.services().health.report();
  t.regex(components.find(({ component }) => component === "store")?.detail ?? "", /Restored .*`rosterbridge resume/);
  t.regex(components.find(({ component }) => component === "leavers")?.detail ?? "", /^1 leaver is held: /);
});

test("whoever leaves after the restore is shut out all the same", async (t) => {
  const bridge = await restored(t);
  await runFull(bridge);
  await patch(bridge, bridge.ids["cy"]!, { active: false });
  const report = await runUrgent(bridge);
  t.is(report?.changed["deactivate-account"], 1);
  t.is(statusOf(bridge, "cy"), "deactivated");
  t.is(statusOf(bridge, "bo"), "active");
});

test("resumed, the bridge acts on what it knows", async (t) => {
  const bridge = await restored(t);
  await runFull(bridge);
  const { resumption } = bridge.services();
  t.not(await resumption.standing(), null);
  await resumption.resume(by);
  t.is(await resumption.standing(), null);
  await runFull(bridge);
  t.deepEqual(
    ["bo", "cy", "di"].map((name) => statusOf(bridge, name)),
    ["deactivated", "active", "active"],
  );
  t.is((await bridge.services().health.report()).status, "ok");
  await t.throwsAsync(resumption.resume(by), { code: "subject.unknown" });
});
