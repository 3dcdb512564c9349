import test from "ava";
import type { Seat } from "../../../src/domain/account.ts";
import { ConnectorError, TenantChangedError } from "../../../src/domain/errors.ts";
import { ENTERPRISE_URN } from "../../support/scim-users.ts";
import { hire, NEVER, openTestBridge, patch, runFull } from "../../support/bridge.ts";

test("groups of the product stand beside those of the mapping, with rules and people", async (t) => {
  const bridge = await openTestBridge(t);
  const sales = bridge.product.state.addGroup("Sales");
  const byHand = bridge.product.state.addGroup("By hand");
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example", { department: "Sales" });
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  await runFull(bridge);
  const { groups, ...about } = await bridge.services().product.groups(NEVER);
  t.like(about, { product: "in-memory", mappingVersion: 1, authoritative: true, createsMissing: true });
  const missing = { id: null, exists: false, managed: true, people: 0, willBeCreated: true };
  t.deepEqual(groups, [
    { name: "By hand", id: byHand, exists: true, managed: false, rules: [], people: 0, willBeCreated: false },
    { name: "Managers", ...missing, rules: ['groups.rules[1]: title co "Manager"'] },
    {
      name: "Sales",
      id: sales,
      exists: true,
      managed: true,
      rules: ['groups.rules[0]: department "Sales"'],
      people: 1,
      willBeCreated: false,
    },
    { name: "Support", ...missing, rules: ['groups.rules[0]: department "Support"'] },
  ]);
});

test("a group that is not there is made only where mapping and product make groups", async (t) => {
  const rules = [{ attribute: `${ENTERPRISE_URN}:department`, values: { Sales: "Sales" } }];
  for (const [createMissing, without] of [
    [false, []],
    [true, ["create-group"]],
  ] as const) {
    const bridge = await openTestBridge(t, { product: { without }, mapping: { groups: { createMissing, rules } } });
    const { groups, createsMissing } = await bridge.services().product.groups(NEVER);
    t.false(createsMissing);
    t.like(groups[0], { name: "Sales", exists: false, willBeCreated: false });
  }
});

test("seats are as the product counts them, with those who wait", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 1, pro: 3 } } });
  await hire(bridge, "ana@acme.example");
  const bo = await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  const { waiting, ...seats } = await bridge.services().product.seats(NEVER);
  t.like(seats, { product: "in-memory", handling: "assigned", countedBy: "product" });
  t.deepEqual(seats.pools, [
    { seat: "pro" as Seat, total: 3, used: 0, free: 3, waiting: 0 },
    { seat: "standard" as Seat, total: 1, used: 1, free: 0, waiting: 1 },
  ]);
  t.is(waiting.length, 1);
  t.like(waiting[0], { user: bo.id, label: "bo@acme.example", seat: "standard", place: 1 });
  t.regex(waiting[0]?.reason ?? "", /1 of 1 standard seats in use/);
});

test("where the product does not count, the configuration does, as far as the last listing tells", async (t) => {
  const seats = new Map([["standard" as Seat, 5]]);
  const bridge = await openTestBridge(t, { product: { seatCounts: false }, seats });
  const pool = { seat: "standard" as Seat, total: 5, waiting: 0 };
  const before = await bridge.services().product.seats(NEVER);
  t.is(before.countedBy, "configuration");
  t.deepEqual(before.pools, [{ ...pool, used: null, free: null }]);
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  t.deepEqual((await bridge.services().product.seats(NEVER)).pools, [{ ...pool, used: 1, free: 4 }]);
});

test("where nobody counts seats, or there are none, that is said", async (t) => {
  const cases = [
    [{ seatCounts: false }, { handling: "assigned", countedBy: "nobody" }],
    [
      { seatCounts: false, seatHandling: "implied" },
      { handling: "implied", countedBy: "nobody" },
    ],
    [{ seatHandling: "none" }, { handling: "none", countedBy: "nobody" }],
  ] as const;
  for (const [product, expected] of cases) {
    const bridge = await openTestBridge(t, { product });
    bridge.product.failReads(new ConnectorError("unavailable", "Nobody needs to be asked."));
    const seats = await bridge.services().product.seats(NEVER);
    t.like(seats, expected);
    t.deepEqual(seats.pools, []);
  }
});

test("looking writes nothing, and says when the product cannot be asked or is another one", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  const { product } = bridge.services();
  await product.groups(NEVER);
  await product.seats(NEVER);
  t.is(bridge.product.writes.length, 0);
  await runFull(bridge);
  for (const look of [product.groups, product.seats]) {
    bridge.product.failReads(new ConnectorError("auth", "The product refuses our credentials."));
    await t.throwsAsync(look(NEVER), { instanceOf: ConnectorError, code: "connector.auth" });
    bridge.product.failReads(null);
    await t.throwsAsync(look(AbortSignal.abort()), { name: "AbortError" });
    bridge.product.state.tenant = "org_2";
    await t.throwsAsync(look(NEVER), { instanceOf: TenantChangedError });
    bridge.product.state.tenant = "org_1";
  }
});
