import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import { accountOf, book, hire, openTestBridge, patch, remove, runFull, runUrgent } from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";

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
