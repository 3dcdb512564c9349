import test from "ava";
import {
  accountOf,
  createTestBridge,
  dryRun,
  hire,
  openTestBridge,
  patch,
  remove,
  runFull,
  runUrgent,
  snapshot,
  type TestBridge,
} from "../../support/bridge.ts";
import { Killed } from "../../support/mortal.ts";

// Products in which an account that is shut is gone.

const ANA = "ana@acme.example";
const MINUTES_20 = 20 * 60_000;

const readBack = async ({ store }: TestBridge, user: string) =>
  (await store.evidence.proofs(user as never)).map(({ document }) => document["readBack"]);

for (const deactivated of ["gone", "same-id"] as const) {
  test(`whoever leaves is proved gone, and whoever returns gets an account again (${deactivated})`, async (t) => {
    const bridge = await openTestBridge(t, { product: { deactivated }, drift: { status: "report" } });
    const { id } = await hire(bridge, ANA, { department: "Sales" });
    await runFull(bridge);
    const first = accountOf(bridge, ANA)!.id;
    for (let life = 1; life <= 2; life += 1) {
      await patch(bridge, id, { active: false });
      t.is((await runUrgent(bridge))?.outcome, "done");
      t.is(accountOf(bridge, ANA), undefined);
      t.deepEqual(await readBack(bridge, id), Array(life).fill({ account: "gone" }));
      t.deepEqual((await runFull(bridge)).changed, {});
      await patch(bridge, id, { active: true });
      const { people } = await dryRun(bridge);
      t.deepEqual(
        people.map(({ cause, notes }) => ({ cause, notes })),
        [{ cause: "rehire", notes: [] }],
      );
      t.is((await runUrgent(bridge))?.outcome, "done");
      const account = accountOf(bridge, ANA)!;
      t.is(account.id === first, deactivated === "same-id");
      t.like(account, { status: "active", seat: "standard" as never });
      t.like(await bridge.store.links.get(id), {
        account: account.id,
        origin: "created",
        offboardedAt: null,
        repairs: {},
      });
      t.deepEqual((await runFull(bridge)).changed, {});
    }
  });

  test(`whoever is hired again as somebody new gets the account, and the old link ends (${deactivated})`, async (t) => {
    const bridge = await openTestBridge(t, { product: { deactivated } });
    const { id } = await hire(bridge, ANA);
    await runFull(bridge);
    await remove(bridge, id);
    await runUrgent(bridge);
    const again = await hire(bridge, ANA);
    await runUrgent(bridge);
    t.is((await bridge.store.links.get(again.id))?.account, accountOf(bridge, ANA)?.id);
    t.deepEqual((await runFull(bridge)).changed, {});
    t.is(accountOf(bridge, ANA)?.status, "active");
  });
}

for (const marker of ["new", "old", "none"] as const) {
  for (const lane of ["full", "urgent"] as const) {
    test(`killed before the record of an account that came back under its id, the ${lane} run finds it (mark: ${marker})`, async (t) => {
      const bridge = await openTestBridge(t, { product: { deactivated: "same-id", marker: marker !== "none" } });
      const { id } = await hire(bridge, ANA, { department: "Sales" });
      for (const name of ["bo", "cy", "di"]) await hire(bridge, `${name}@acme.example`);
      await runFull(bridge);
      const first = accountOf(bridge, ANA)!;
      await remove(bridge, id);
      await runUrgent(bridge);
      const again = await hire(bridge, ANA, { department: "Sales" });
      bridge.product.hook((moment, { kind }) => {
        if (moment !== "after" || kind !== "create-account") return;
        // Who is let in again may carry the mark of their earlier life.
        if (marker === "old") bridge.product.state.change(first.id, { marker: first.marker! });
        bridge.life().kill();
      });
      await t.throwsAsync(runUrgent(bridge), { instanceOf: Killed });
      bridge.product.hook(null);
      bridge.restart();
      bridge.clock.advance(MINUTES_20);
      const before = bridge.product.writes.length;
      t.is((await (lane === "full" ? runFull(bridge) : runUrgent(bridge)))?.outcome, "done");
      t.deepEqual(
        bridge.product.writes.slice(before).map(({ change }) => change.kind),
        ["assign-seat", "add-to-group"],
      );
      t.like(accountOf(bridge, ANA), { id: first.id, status: "active", seat: "standard" as never });
      t.like(await bridge.store.links.get(again.id), { account: first.id, origin: "created", offboardedAt: null });
      t.is(await bridge.store.links.get(id), undefined);
      t.deepEqual((await runFull(bridge)).changed, {});
      t.deepEqual((await dryRun(bridge)).people, []);
    });
  }
}

test("an account that came back by hand is shut again, though somebody new has its e-mail", async (t) => {
  const bridge = await openTestBridge(t, { product: { deactivated: "same-id" } });
  const { id } = await hire(bridge, ANA);
  for (const name of ["bo", "cy", "di"]) await hire(bridge, `${name}@acme.example`);
  await runFull(bridge);
  const first = accountOf(bridge, ANA)!;
  await remove(bridge, id);
  await runUrgent(bridge);
  bridge.product.state.addAccount({ id: first.id, profile: first.profile });
  const again = await hire(bridge, ANA);
  t.like((await runFull(bridge)).changed, { "deactivate-account": 1 });
  await runFull(bridge);
  t.like(await bridge.store.links.get(again.id), { account: first.id, origin: "created" });
});

test("an account that somebody took away by hand is drift, and follows its policy", async (t) => {
  for (const [action, made] of [
    ["repair", true],
    ["report", false],
  ] as const) {
    const bridge = await openTestBridge(t, { product: { deactivated: "gone" }, drift: { status: action } });
    for (const name of ["ana", "bo", "cy", "di", "ed"]) await hire(bridge, `${name}@acme.example`);
    await runFull(bridge);
    bridge.product.state.removeAccount(accountOf(bridge, ANA)!.id);
    const { people } = await dryRun(bridge);
    t.is(people[0]?.cause, made ? "drift" : null);
    await runFull(bridge);
    t.is(accountOf(bridge, ANA) !== undefined, made);
  }
});

test("a listing is not too short for those who were shut since", async (t) => {
  const bridge = await openTestBridge(t, { product: { deactivated: "gone" } });
  const people = [];
  for (let n = 0; n < 10; n += 1) people.push(await hire(bridge, `p${n}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 5)) await patch(bridge, id, { active: false });
  await runUrgent(bridge);
  t.like((await runFull(bridge)).summary.basis.observation, { complete: true, accounts: 6 });
  bridge.product.hide(({ profile }) => /^p[6-9]@/.test(profile.email));
  t.like((await runFull(bridge)).summary.basis.observation, { complete: false, reason: "too-few" });
});

async function endOf(killAt: number): Promise<{ readonly steps: readonly string[]; readonly end: unknown }> {
  const { bridge, close } = await createTestBridge({
    product: { deactivated: "same-id" },
    drift: { status: "report" },
  });
  try {
    const { id } = await hire(bridge, ANA, { department: "Sales" });
    await runFull(bridge);
    await patch(bridge, id, { active: false });
    const first = bridge.life().steps.length;
    bridge.life().killAt(first + killAt);
    await runUrgent(bridge).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    const steps = bridge.life().steps.slice(first);
    bridge.restart();
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    const proofs = (await readBack(bridge, id)).length > 0;
    await patch(bridge, id, { active: true });
    await runUrgent(bridge);
    const last = await runFull(bridge);
    return { steps, end: { proofs, product: snapshot(bridge), changed: last.changed, outcome: last.outcome } };
  } finally {
    await close();
  }
}

test("killed at any step of an offboarding that ends with a gone account, it is proved, and the return is whole", async (t) => {
  t.timeout(120_000);
  const whole = await endOf(Infinity);
  t.like(whole.end, { proofs: true, changed: {}, outcome: "done" });
  for (const [index, name] of whole.steps.entries()) {
    t.deepEqual((await endOf(index + 1)).end, whole.end, `killed when ${name} (step ${index + 1})`);
  }
});

test("whoever returns before the proof of a gone account is a rehire", async (t) => {
  const bridge = await openTestBridge(t, { product: { deactivated: "gone" }, drift: { status: "report" } });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  bridge.product.hook((moment, { kind }) => {
    if (moment === "after" && kind === "deactivate-account") bridge.life().kill();
  });
  await t.throwsAsync(runUrgent(bridge), { instanceOf: Killed });
  bridge.product.hook(null);
  bridge.restart();
  await patch(bridge, id, { active: true });
  bridge.clock.advance(MINUTES_20);
  const { people } = await dryRun(bridge, { of: "some", people: [id] });
  t.deepEqual(
    people.map(({ cause }) => cause),
    ["rehire"],
  );
  await runFull(bridge);
  t.is(accountOf(bridge, ANA)?.status, "active");
});
