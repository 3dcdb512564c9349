import test from "ava";
import {
  accountOf,
  aPerson,
  book,
  dryRun,
  hire,
  openTestBridge,
  patch,
  replace,
  runFull,
  runUrgent,
  snapshot,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

const kindsWritten = ({ product }: TestBridge): readonly string[] =>
  product.writes.filter(({ effect }) => effect === "changed").map(({ change }) => change.kind);

test("a joiner gets account, seat and group, and the next run writes nothing", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  const report = await runFull(bridge);
  t.is(report.outcome, "done");
  t.deepEqual(kindsWritten(bridge), ["create-group", "create-account", "assign-seat", "add-to-group"]);
  const before = bridge.product.writes.length;
  t.deepEqual((await runFull(bridge)).changed, {});
  t.is(bridge.product.writes.length, before);
});

test("an empty store harms nobody: accounts without a link are left alone", async (t) => {
  const bridge = await openTestBridge(t);
  for (let n = 0; n < 20; n += 1) bridge.product.state.addAccount({ profile: { email: `p${n}@acme.example` } });
  t.is((await runFull(bridge)).outcome, "done");
  t.is(bridge.product.writes.length, 0);
});

test("a dry run makes no write to the product and leaves no run behind", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  await hire(bridge, "bo@acme.example");
  await patch(bridge, ana.id, { active: false });
  book(bridge, "ana@acme.example");
  const [writes, runs] = [bridge.product.writes.length, (await bridge.store.journal.runs(10)).length];
  const { summary } = await dryRun(bridge);
  t.is(summary.tally.counts["create-account"], 1);
  t.is(summary.tally.counts["cancel-booking"], 1);
  t.is(bridge.product.writes.length, writes);
  t.is((await bridge.store.journal.runs(10)).length, runs);
  t.is(await bridge.store.wakes.count(), 2, "those who were woken still are");
});

test("what a dry run shows is what an apply right after it does", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  await replace(bridge, ana.id, "ana@acme.example", { department: "Support", displayName: "Ana B" });
  const { summary, people } = await dryRun(bridge);
  const before = bridge.product.writes.length;
  const report = await runFull(bridge);
  t.is(report.digest, summary.digest);
  const planned = [...summary.groups, ...people.flatMap(({ changes }) => changes)];
  t.deepEqual(
    bridge.product.writes.slice(before).map(({ change }) => change),
    planned,
  );
});

test("an account that vanished from the product is made again, as drift", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example");
  for (let n = 0; n < 5; n += 1) bridge.product.state.addAccount({ profile: { email: `x${n}@acme.example` } });
  await runFull(bridge);
  bridge.product.state.removeAccount(accountOf(bridge, "ana@acme.example")!.id);
  const { people } = await dryRun(bridge);
  t.deepEqual(
    people.map(({ cause }) => cause),
    ["drift"],
  );
  await runFull(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.seat, STANDARD);
  t.deepEqual((await runFull(bridge)).changed, {});
});

test("what somebody edited by hand is put right, and fields that the mapping does not name are kept", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  const account = accountOf(bridge, "ana@acme.example")!;
  const profile = { ...account.profile, displayName: "Hacked", timezone: "Europe/Paris" };
  bridge.product.state.change(account.id, { profile, groups: [] });
  const { people } = await dryRun(bridge);
  t.deepEqual(
    people.flatMap(({ changes }) => changes.map(({ kind, cause }) => [kind, cause])),
    [
      ["update-account", "drift"],
      ["add-to-group", "drift"],
    ],
  );
  await runFull(bridge);
  t.deepEqual(accountOf(bridge, "ana@acme.example")?.profile, { ...account.profile, timezone: "Europe/Paris" });
  t.is(accountOf(bridge, "ana@acme.example")?.groups.length, 1);
});

test("somebody who is renamed keeps the account, with another e-mail", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const id = accountOf(bridge, "ana@acme.example")!.id;
  await replace(bridge, ana.id, "ana.lima@acme.example");
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana.lima@acme.example")?.id, id);
  t.is(accountOf(bridge, "ana@acme.example"), undefined);
});

test("an account that was there before is linked; its e-mail, role and login stay as they are", async (t) => {
  const bridge = await openTestBridge(t);
  const id = bridge.product.state.addAccount({ profile: { email: "ana@acme.example", displayName: "A." } });
  bridge.product.state.addAccount({ status: "deactivated", profile: { email: "bo@acme.example" } });
  const ana = await hire(bridge, "Ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  t.is((await bridge.store.links.get(ana.id))?.account, id);
  t.is((await bridge.store.links.get(ana.id))?.origin, "adopted");
  t.is(accountOf(bridge, "bo@acme.example")?.status, "deactivated");
  t.is(bridge.product.writes.filter(({ change }) => change.kind === "create-account").length, 0);
});

test("people of a directory that is no longer configured are left alone", async (t) => {
  const bridge = await openTestBridge(t, { directories: { acme: ["*"], globex: ["*"] } });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  bridge.restart({ directories: bridge.settings.directories.filter(({ id }) => id !== "acme") });
  const before = bridge.product.writes.length;
  await runFull(bridge);
  t.is(bridge.product.writes.length, before);
});

test("the same history in two companies gives the same product", async (t) => {
  const [one, two] = [await openTestBridge(t), await openTestBridge(t)];
  for (const bridge of [one, two]) {
    const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
    await hire(bridge, "bo@acme.example", { department: "Support" });
    if (bridge === one) await runFull(bridge);
    await replace(bridge, ana.id, "ana@acme.example", { department: "Support" });
    if (bridge === one) await runUrgent(bridge);
    await runFull(bridge);
  }
  t.deepEqual({ ...snapshot(one), groups: [] }, { ...snapshot(two), groups: [] });
  t.is(aPerson("x@y.example")["userName"], "x@y.example");
});
