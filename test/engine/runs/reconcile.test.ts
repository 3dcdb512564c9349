import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Change } from "../../../src/domain/plan.ts";
import {
  accountOf,
  aPerson,
  book,
  dryRun,
  hire,
  openTestBridge,
  patch,
  remove,
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

test("owners, admins and protected accounts are never shut, whoever left", async (t) => {
  const bridge = await openTestBridge(t, { protected: ["vip@acme.example"] });
  const people = [];
  for (const name of ["boss", "admin", "vip", "ana"]) people.push(await hire(bridge, `${name}@acme.example`));
  await runFull(bridge);
  const { state } = bridge.product;
  state.change(accountOf(bridge, "boss@acme.example")!.id, { role: "owner" });
  state.change(accountOf(bridge, "admin@acme.example")!.id, { role: "admin" });
  for (const name of ["boss", "admin", "vip", "ana"]) book(bridge, `${name}@acme.example`);
  for (const { id } of people) await patch(bridge, id, { active: false });
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.true(report.summary.tally.held["protected-account"] >= 3);
  for (const name of ["boss", "admin", "vip"]) t.is(accountOf(bridge, `${name}@acme.example`)?.status, "active", name);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(state.mails.length, 1);
});

test("the owner whom no directory knows is never touched", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "owner@acme.example", { displayName: "Somebody Else" });
  const before = accountOf(bridge, "owner@acme.example");
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(report.summary.tally.held["identity-conflict"], 1);
  t.deepEqual(accountOf(bridge, "owner@acme.example"), before);
});

test("mode observe writes nothing, not even for somebody who is being confirmed as shut", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  const account = accountOf(bridge, "ana@acme.example")!;
  bridge.product.state.change(account.id, { status: "deactivated", seat: null, groups: [] });
  bridge.restart({ policy: { ...bridge.settings.policy, mode: "observe" } });
  await hire(bridge, "bo@acme.example");
  // A meeting that turns up between the plan's listing and the one before the proof.
  let listings = 0;
  const real = bridge.product.connector.bookings.bind(bridge.product.connector);
  Object.assign(bridge.product.connector, {
    bookings: (...args: Parameters<typeof real>) => {
      listings += 1;
      if (listings === 2) book(bridge, "ana@acme.example");
      return real(...args);
    },
  });
  const before = bridge.product.writes.length;
  await runFull(bridge);
  t.is(listings, 2);
  t.is(bridge.product.writes.length, before);
  t.deepEqual(bridge.product.state.mails, []);
});

test("mode create-only brings joiners in and changes nobody else", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  bridge.restart({ policy: { ...bridge.settings.policy, mode: "create-only" } });
  await patch(bridge, ana.id, { active: false });
  await patch(bridge, bo.id, { displayName: "Bo Lind" });
  await hire(bridge, "cy@acme.example", { department: "Sales" });
  const before = bridge.product.writes.length;
  t.is((await runFull(bridge)).outcome, "held");
  t.deepEqual(
    bridge.product.writes.slice(before).map(({ change }) => change.kind),
    ["create-group", "create-account", "assign-seat", "add-to-group"],
  );
});

test("mode no-removals updates people and takes nothing away", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example", { department: "Sales" });
  await runFull(bridge);
  bridge.restart({ policy: { ...bridge.settings.policy, mode: "no-removals" } });
  await patch(bridge, ana.id, { active: false });
  await replace(bridge, bo.id, "bo@acme.example", { department: "Support", displayName: "Bo Lind" });
  const before = bridge.product.writes.length;
  await runFull(bridge);
  t.deepEqual(
    bridge.product.writes.slice(before).map(({ change }) => change.kind),
    ["create-group", "update-account", "add-to-group"],
  );
});

test("a seat that a leaver frees serves a joiner of the same plan; those who wait are served in order", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 2 } } });
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await hire(bridge, "cy@acme.example");
  await hire(bridge, "di@acme.example");
  await runFull(bridge);
  t.is(accountOf(bridge, "cy@acme.example"), undefined, "no account without a seat");
  t.deepEqual(
    (await bridge.store.holds.waiting()).map(({ label, place }) => [label, place]),
    [
      ["cy@acme.example", 1],
      ["di@acme.example", 2],
    ],
  );
  await patch(bridge, ana.id, { active: false });
  const report = await runUrgent(bridge);
  t.is(report?.changed["create-account"], 1, "the urgent lane serves who waits");
  t.is(accountOf(bridge, "cy@acme.example")?.seat, STANDARD);
  t.is(accountOf(bridge, "di@acme.example"), undefined);
  t.deepEqual(
    (await bridge.store.holds.waiting()).map(({ label, place }) => [label, place]),
    [["di@acme.example", 1]],
  );
});

test("a joiner whose seat a leaver was to free, and did not, gets no account yet", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1 } } });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await hire(bridge, "bo@acme.example");
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "release-seat") throw new ConnectorError("rejected", "not now");
  });
  const report = await runFull(bridge);
  t.is(report.changed["create-account"], undefined);
  t.like(await bridge.store.holds.waiting(), [
    {
      label: "bo@acme.example",
      place: 1,
      reason: "over capacity: no standard seat was freed that they were to have, 1 waiting",
    },
  ]);
  t.is(accountOf(bridge, "bo@acme.example"), undefined);
  bridge.product.hook(null);
  bridge.clock.advance(60_000);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "bo@acme.example")?.seat, STANDARD);
});

test("a rehire gets account, seat and groups back; cancelled meetings stay cancelled", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  const id = accountOf(bridge, "ana@acme.example")!.id;
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  await patch(bridge, ana.id, { active: true });
  const report = await runUrgent(bridge);
  t.is(report?.changed["reactivate-account"], 1);
  const account = accountOf(bridge, "ana@acme.example");
  t.is(account?.id, id);
  t.is(account?.seat, STANDARD);
  t.is(account?.groups.length, 1);
  t.true([...bridge.product.state.bookings.values()].every(({ cancelled }) => cancelled));
  t.is(bridge.product.state.mails.length, 1);
  t.deepEqual((await runFull(bridge)).changed, {});
});

test("whoever is deleted and comes back under the same externalId gets the same account back", async (t) => {
  const bridge = await openTestBridge(t);
  const old = await hire(bridge, "ana@acme.example", { externalId: "e-1" });
  await runFull(bridge);
  const id = accountOf(bridge, "ana@acme.example")!.id;
  await remove(bridge, old.id);
  await runUrgent(bridge);
  const fresh = await hire(bridge, "ana@acme.example", { externalId: "e-1" });
  t.not(fresh.id, old.id);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.id, id);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  t.is(bridge.product.writes.filter(({ change }) => change.kind === "create-account").length, 1);
});

test("the same e-mail under another externalId is a conflict, held and shown", async (t) => {
  const bridge = await openTestBridge(t);
  const old = await hire(bridge, "ana@acme.example", { externalId: "e-1" });
  await runFull(bridge);
  await remove(bridge, old.id);
  await runUrgent(bridge);
  await hire(bridge, "ana@acme.example", { externalId: "e-2" });
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  const { items } = await bridge.store.holds.held(10);
  t.deepEqual(
    items.map(({ hold }) => hold),
    ["identity-conflict"],
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

function isCreateOf(change: Change, email: string): boolean {
  return change.kind === "create-account" && change.desired.profile.email === email;
}
