import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Change } from "../../../src/domain/plan.ts";
import {
  accountOf,
  hire,
  openTestBridge,
  patch,
  replace,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

test("a person who fails does not stop the others, and is tried again after a pause", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  bridge.product.hook((moment, change) => {
    if (moment === "before" && isCreateOf(change, "ana@acme.example"))
      throw new ConnectorError("rejected", "no such name");
  });
  const report = await runFull(bridge);
  t.is(report.outcome, "partial");
  t.deepEqual(report.failed, [{ user: ana.id, reason: "no such name" }]);
  t.is(report.failedChanges, 2, "the create, and the seat that depends on it");
  t.is(accountOf(bridge, "bo@acme.example")?.seat, STANDARD);
  const [failure] = await bridge.store.wakes.failures();
  t.is(failure?.attempts, 1);
  t.is(await runUrgent(bridge), null, "nobody is due before the pause is over");
  bridge.product.hook(null);
  bridge.clock.advance(5_000);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.seat, STANDARD);
  t.deepEqual(await bridge.store.wakes.failures(), []);
  t.is(await bridge.store.wakes.count(), 0);
});

test("the pause after a failure doubles with every attempt, and a success forgets it", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.hook(() => {
    throw new ConnectorError("rejected", "never");
  });
  const pauses: number[] = [];
  for (let attempts = 1; attempts <= 4; attempts += 1) {
    await runFull(bridge);
    const [failure] = await bridge.store.wakes.failures();
    t.is(failure?.attempts, attempts);
    pauses.push(Math.round((Date.parse(failure?.nextAt ?? "") - Date.parse(bridge.clock.now())) / 250) / 4);
  }
  t.deepEqual(pauses, [0.75, 1.5, 3, 6], "three quarters of 1, 2, 4 and 8 s, since chance is a half here");
});

test("refused credentials stop every write at once, also those of people who are under way", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 12; n += 1) await hire(bridge, `p${n}@acme.example`, { department: "Sales" });
  let refused = false;
  let later = 0;
  bridge.product.hook(async (moment, change) => {
    if (moment !== "before" || change.kind === "create-group") return;
    if (refused) later += 1;
    if (change.kind === "assign-seat" && !refused) {
      refused = true;
      throw new ConnectorError("auth", "the token was revoked");
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  });
  const error = await t.throwsAsync(runFull(bridge), { instanceOf: ConnectorError });
  t.is(error?.message, "the token was revoked");
  t.true(later <= 3, `${later} changes began after the refusal`);
  const [run] = await bridge.store.journal.runs(1);
  t.is(run?.outcome, "failed");
  bridge.product.hook(null);
  t.is((await runFull(bridge)).outcome, "done");
  t.is([...bridge.product.state.accounts.values()].filter(({ seat }) => seat === "standard").length, 12);
});

test("a product that fails five people in a row is taken to be down, and the rest is left for later", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 40; n += 1) await hire(bridge, `p${n}@acme.example`);
  let calls = 0;
  bridge.product.hook((moment) => {
    if (moment === "before") calls += 1;
    throw new ConnectorError("unavailable", "503");
  });
  await t.throwsAsync(runFull(bridge), { instanceOf: ConnectorError, message: "503" });
  t.true(calls <= 4 * 9, `${calls} calls were made, at most four attempts for five people and those beside them`);
});

test("one person whom the product always fails does not stop the others, whatever the fault", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await patch(bridge, bo.id, { active: false });
  const real = bridge.product.connector.bookings.bind(bridge.product.connector);
  const sick = accountOf(bridge, "ana@acme.example")?.id;
  Object.assign(bridge.product.connector, {
    bookings: (...args: Parameters<typeof real>) => {
      if (args[0] !== sick) return real(...args);
      throw new ConnectorError("unavailable", "500 for this calendar");
    },
  });
  const report = await runFull(bridge);
  t.deepEqual(report.failed, [{ user: ana.id, reason: "500 for this calendar" }]);
  t.is(accountOf(bridge, "bo@acme.example")?.status, "deactivated");
});

test("those about whom the product would not tell are named by a dry run", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  Object.assign(bridge.product.connector, {
    bookings: () => {
      throw new ConnectorError("rejected", "not this one");
    },
  });
  const named = await bridge
    .services()
    .reconciler.plan({ of: "everybody" }, new AbortController().signal, async (_, unreadable) => unreadable);
  t.deepEqual(
    named.map(({ user, error }) => [user, error.message]),
    [[ana.id, "not this one"]],
  );
});

test("a group that the product will not make concerns those who need it, and nobody else", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  const bo = await hire(bridge, "bo@acme.example");
  const cy = await hire(bridge, "cy@acme.example");
  await runFull(bridge);
  await replace(bridge, ana.id, "ana@acme.example", { department: "Support" });
  await patch(bridge, bo.id, { active: false });
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "create-group") throw new ConnectorError("unavailable", "500");
  });
  const report = await runFull(bridge);
  t.is(report.outcome, "partial");
  t.deepEqual(
    report.failed.map(({ user }) => user),
    [ana.id],
  );
  t.is(accountOf(bridge, "bo@acme.example")?.status, "deactivated");
  t.truthy(cy);
});

for (const [title, spoil] of [
  ["a page that fails", (bridge: TestBridge) => bridge.product.failPage(1)],
  ["a list with fewer than 80 % of the accounts", (b: TestBridge) => b.product.hide(({ role }) => role !== "owner")],
] as const) {
  test(`${title}: nothing is created, linked or removed, whatever was approved`, async (t) => {
    const bridge = await openTestBridge(t, { product: { pageSize: 4 } });
    const staff = [];
    for (let n = 0; n < 8; n += 1) staff.push(await hire(bridge, `p${n}@acme.example`, { department: "Sales" }));
    await runFull(bridge);
    bridge.product.state.addAccount({ profile: { email: "old@acme.example" } });
    await hire(bridge, "old@acme.example");
    await hire(bridge, "new@acme.example");
    await patch(bridge, staff[0]!.id, { active: false });
    await replace(bridge, staff[1]!.id, "p1@acme.example", { department: "Support" });
    const before = bridge.product.writes.length;
    spoil(bridge);
    const report = await runFull(bridge);
    const kinds = bridge.product.writes.slice(before).map(({ change }) => change.kind);
    const forbidden = ["create-account", "remove-from-group", "release-seat", "deactivate-account", "cancel-booking"];
    t.deepEqual(
      kinds.filter((kind) => forbidden.includes(kind)),
      [],
    );
    t.is(report.outcome, "held");
    t.false(report.summary.basis.observation.complete);
    t.is(await bridge.store.links.get(staff[0]!.id).then((link) => link?.offboardedAt), null);
    bridge.product.failPage(null);
    bridge.product.hide(null);
    t.is((await runFull(bridge)).outcome, "done");
    t.is(accountOf(bridge, "p0@acme.example")?.status, "deactivated");
  });
}

function isCreateOf(change: Change, email: string): boolean {
  return change.kind === "create-account" && change.desired.profile.email === email;
}
