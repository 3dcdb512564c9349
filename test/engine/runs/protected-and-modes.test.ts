import test from "ava";
import { accountOf, book, hire, openTestBridge, patch, replace, runFull } from "../../support/bridge.ts";

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
