import test from "ava";
import {
  accountOf,
  hire,
  openTestBridge,
  patch,
  remove,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { Killed } from "../../support/mortal.ts";

const ANA = "ana@acme.example";

/** The process is killed as soon as the product has carried this out: it never learns of it. */
function killAfter(bridge: TestBridge, kind: string, run: () => Promise<unknown>): Promise<void> {
  return killAround(bridge, "after", kind, run);
}

async function killAround(
  bridge: TestBridge,
  when: "before" | "after",
  kind: string,
  run: () => Promise<unknown>,
): Promise<void> {
  bridge.product.hook((moment, change) => {
    if (moment !== when || change.kind !== kind) return;
    bridge.life().kill();
    if (when === "before") throw new Killed(kind);
  });
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    bridge.product.hook(null);
    bridge.restart();
  }
}

test("whoever is hired again after an offboarding that was interrupted is a rehire, not an account edited by hand", async (t) => {
  const bridge = await openTestBridge(t, { drift: { status: "report" } });
  const { id } = await hire(bridge, ANA, { externalId: "e-1" });
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  await remove(bridge, id);
  await killAfter(bridge, "deactivate-account", () => runUrgent(bridge));
  t.is(accountOf(bridge, ANA)?.status, "deactivated");
  await hire(bridge, ANA, { externalId: "e-1" });
  bridge.clock.advance(20 * 60_000);
  await runFull(bridge);
  t.is(accountOf(bridge, ANA)?.status, "active");
});

test("a return whose first step may not have happened is still a return", async (t) => {
  const bridge = await openTestBridge(t, { drift: { status: "report" } });
  const { id } = await hire(bridge, ANA, { externalId: "e-1" });
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  await killAfter(bridge, "deactivate-account", () => runUrgent(bridge));
  await patch(bridge, id, { active: true });
  bridge.clock.advance(20 * 60_000);
  await killAround(bridge, "before", "reactivate-account", () => runUrgent(bridge));
  t.is(accountOf(bridge, ANA)?.status, "deactivated");
  bridge.clock.advance(20 * 60_000);
  await runFull(bridge);
  t.is(accountOf(bridge, ANA)?.status, "active");
});

test("a first listing that is empty is not believed while an account may have been made", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, ANA);
  await killAfter(bridge, "create-account", () => runUrgent(bridge));
  const made = accountOf(bridge, ANA)!;
  bridge.product.state.change(made.id, { profile: { ...made.profile, email: "edited@acme.example" } });
  bridge.product.hide(() => true);
  bridge.clock.advance(20 * 60_000);
  const { summary } = await runFull(bridge);
  t.like(summary.basis.observation, { complete: false, reason: "too-few" });
  bridge.product.hide(null);
  await runFull(bridge);
  await runFull(bridge);
  const ours = [...bridge.product.state.accounts.values()].filter(({ role }) => role === "member");
  t.deepEqual(
    ours.map(({ id, profile }) => [id, profile.email]),
    [[made.id, ANA]],
  );
});

test("whoever is hired again while the account of their earlier life is wound up keeps what is left of it", async (t) => {
  const bridge = await openTestBridge(t);
  const { id } = await hire(bridge, ANA, { externalId: "e-1" });
  await runFull(bridge);
  t.truthy(accountOf(bridge, ANA)?.seat);
  await remove(bridge, id);
  bridge.product.hook(async (moment, { kind }) => {
    if (moment !== "after" || kind !== "deactivate-account") return;
    bridge.product.hook(null);
    await hire(bridge, ANA, { externalId: "e-1" });
  });
  t.is((await runUrgent(bridge))?.superseded, 1);
  t.is(accountOf(bridge, ANA)?.status, "deactivated");
  t.truthy(accountOf(bridge, ANA)?.seat);
  await runUrgent(bridge);
  t.is(accountOf(bridge, ANA)?.status, "active");
  t.truthy(accountOf(bridge, ANA)?.seat);
});
