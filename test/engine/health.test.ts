import test from "ava";
import { ConnectorError, StoreUnavailableError } from "../../src/domain/errors.ts";
import {
  accountOf,
  ACME,
  hire,
  NO_LIMITS,
  openTestBridge,
  patch,
  remove,
  runFull,
  runUrgent,
  type TestBridge,
} from "../support/bridge.ts";

async function findings(bridge: TestBridge): Promise<Record<string, string>> {
  const { components } = await bridge.services().health.report();
  return Object.fromEntries(components.map(({ component, status, detail }) => [component, `${status}: ${detail}`]));
}

test("a bridge that has just been started is well", async (t) => {
  const bridge = await openTestBridge(t);
  const { status, components } = await bridge.services().health.report();
  t.is(status, "ok");
  t.deepEqual(
    components.map(({ component }) => component),
    ["store", "product", "runs", "leavers", "tokens"],
  );
  for (const { madeAt, expiresAt } of components) t.is(Date.parse(expiresAt) - Date.parse(madeAt), 60_000);
  t.deepEqual(await bridge.services().health.readiness(), { ready: true });
});

test("a product that is down makes health sick and leaves readiness alone; the fault is told with its beginning", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.failReads(new ConnectorError("unavailable", "sandbox did not answer GET /v1/members: ECONNREFUSED"));
  await t.throwsAsync(runFull(bridge));
  const since = bridge.clock.now().slice(0, 16);
  bridge.clock.advance(120_000);
  await t.throwsAsync(runUrgent(bridge));
  const { product, runs } = await findings(bridge);
  t.true(product?.startsWith("degraded: sandbox did not answer GET /v1/members: ECONNREFUSED (since "), product);
  t.true(product?.includes(since), product);
  t.regex(runs ?? "", /^degraded: The last urgent run ended at \S+: failed\./);
  t.true((await bridge.services().health.readiness()).ready);
  bridge.product.failReads(null);
  await runFull(bridge);
  t.is((await bridge.services().health.report()).status, "ok");
});

test("a process that has not asked the product reads from the runs how it last answered", async (t) => {
  const bridge = await openTestBridge(t);
  t.is((await findings(bridge))["product"], "ok: Not asked yet.");
  t.is((await findings(bridge))["runs"], "ok: No run yet.");
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const answered = bridge.clock.now().slice(0, 16);
  bridge.restart();
  t.true((await findings(bridge))["product"]?.startsWith(`ok: Answered at ${answered}`));

  bridge.product.failReads(new ConnectorError("auth", "sandbox refuses the token"));
  bridge.clock.advance(60_000);
  await t.throwsAsync(runFull(bridge));
  const since = bridge.clock.now().slice(0, 16);
  bridge.clock.advance(120_000);
  await hire(bridge, "bo@acme.example");
  await t.throwsAsync(runUrgent(bridge));
  bridge.restart();
  const sick = await findings(bridge);
  t.true(sick["product"]?.startsWith(`degraded: sandbox refuses the token (since ${since}`), sick["product"]);
  t.regex(sick["runs"] ?? "", /^degraded: The last urgent run ended at \S+: failed\./);

  bridge.product.failReads(null);
  bridge.clock.advance(60_000);
  await runFull(bridge);
  bridge.restart();
  t.is((await bridge.services().health.report()).status, "ok");
});

test("a product that never answered is sick since its first run", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.failReads(new ConnectorError("unavailable", "sandbox did not answer"));
  const since = bridge.clock.now().slice(0, 16);
  for (let run = 0; run < 3; run += 1) {
    await t.throwsAsync(runFull(bridge));
    bridge.clock.advance(60_000);
  }
  bridge.restart();
  const { product } = await findings(bridge);
  t.true(product?.startsWith(`degraded: sandbox did not answer (since ${since}`), product);
});

test("an urgent run that went well does not make up for a full one that failed", async (t) => {
  const bridge = await openTestBridge(t);
  bridge.product.failReads(new ConnectorError("unavailable", "sandbox did not answer"));
  await t.throwsAsync(runFull(bridge));
  bridge.product.failReads(null);
  await hire(bridge, "ana@acme.example");
  bridge.clock.advance(60_000);
  await runUrgent(bridge);
  bridge.restart();
  const { product, runs } = await findings(bridge);
  t.true(product?.startsWith("ok: Answered at "), product);
  t.regex(runs ?? "", /^degraded: The last full run ended at \S+: failed\./);
});

test("leavers who are held make health sick until they are let through; status puts them in one group", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits, product: { seats: { standard: 50 } } });
  const people = [];
  for (let n = 0; n < 14; n += 1) people.push(await hire(bridge, `p${n}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 12)) await patch(bridge, id, { active: false });
  const report = await runUrgent(bridge);
  t.is((await findings(bridge))["leavers"], "degraded: 12 leavers are held: `rosterbridge status` lists them.");
  const { held, health } = await bridge.services().status();
  t.is(
    health.components.find(({ component }) => component === "leavers")?.detail,
    "12 leavers are held: listed below.",
    "status does not point at itself",
  );
  t.is(held.total, 12);
  t.is(held.groups.length, 1);
  t.like(held.groups[0], { hold: "over-limit", people: 12, changes: 12 });
  t.is(held.groups[0]?.labels.length, 10);
  t.true(held.groups[0]?.labels.every((label) => /^p\d+@acme\.example$/.test(label)));
  t.true(held.groups[0]?.detail.includes("rosterbridge release <e-mail> --reason"));

  t.true(held.groups[0]?.detail.includes("rosterbridge plan shows the digest"), "a plan for some is not approved");
  const approving = bridge.services().permissions.approve(report!.digest, { author: "cli", reason: "they left" });
  await t.throwsAsync(approving, {
    message: /`rosterbridge plan` prints the command to copy.*another "mode" in the configuration\.$/,
  });
  const { digest } = await runFull(bridge);
  t.true((await bridge.services().status()).held.groups[0]?.detail.includes(`rosterbridge approve ${digest}`));
  await bridge.services().permissions.approve(digest, { author: "cli", reason: "they left" });
  await runFull(bridge);
  t.is((await findings(bridge))["leavers"], "ok: No leaver is waiting.");
});

for (const mode of ["observe", "no-removals", "create-only"] as const) {
  test(`leavers who keep their access because of the mode "${mode}" are told of, with what to do`, async (t) => {
    const bridge = await openTestBridge(t);
    const people = [];
    for (const name of ["ana", "bo"]) people.push(await hire(bridge, `${name}@acme.example`));
    await runFull(bridge);
    bridge.restart({ policy: { ...bridge.settings.policy, mode } });
    for (const { id } of people) await patch(bridge, id, { active: false });
    await runUrgent(bridge);
    t.is(
      (await findings(bridge))["leavers"],
      'ok: 2 leavers keep their access because of `mode`: look at `rosterbridge plan`, then set `"mode": "full"` in the configuration.',
    );
  });
}

test("a leaver whose account is protected makes health sick until somebody shuts it by hand", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const { id } = accountOf(bridge, "ana@acme.example")!;
  bridge.product.state.change(id, { role: "owner" });
  await patch(bridge, ana.id, { active: false });
  await runUrgent(bridge);
  t.is(
    (await findings(bridge))["leavers"],
    "degraded: 1 leaver is protected, whose account stays open: shut it in the product by hand, or change `protected` in the configuration.",
  );
  const [group] = (await bridge.services().status()).held.groups;
  t.is(
    group?.detail,
    "ana@acme.example is an owner of the product: nothing is taken away from it. Do it in the product by hand, or make it a member there.",
  );
  bridge.product.state.change(id, { status: "deactivated" });
  await runFull(bridge);
  t.is((await findings(bridge))["leavers"], "ok: No leaver is waiting.");
});

test("what the product refuses about one person says nothing about the product", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  bridge.product.hook(() => {
    throw new ConnectorError("rejected", "ana@acme.example is no name");
  });
  await runFull(bridge);
  const report = JSON.stringify(await bridge.services().health.report());
  t.regex(report, /"component":"product","status":"ok"/);
  t.false(report.includes("ana@"));
});

test("a leaver whom nobody shuts out for a quarter of an hour is a reason to wake somebody", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  bridge.product.hook(() => {
    throw new ConnectorError("rejected", "never");
  });
  t.is((await findings(bridge))["leavers"], "ok: Leavers are being shut out.");
  for (let minute = 0; minute < 16; minute += 1) {
    await runUrgent(bridge);
    bridge.clock.advance(60_000);
  }
  t.is((await findings(bridge))["leavers"], "degraded: A leaver has waited for 16 minutes to be shut out.");
  bridge.product.hook(null);
  bridge.clock.advance(15 * 60_000);
  await runUrgent(bridge);
  t.is((await findings(bridge))["leavers"], "ok: No leaver is waiting.");
});

test("a store that cannot be written is neither ready nor well, and the reason is told", async (t) => {
  const bridge = await openTestBridge(t, {
    wrap: (store) => ({ ...store, probe: () => Promise.reject(new StoreUnavailableError("The disk is full.")) }),
  });
  t.is((await findings(bridge))["store"], "degraded: The disk is full.");
  t.deepEqual(await bridge.services().health.readiness(), { ready: false, reason: "The disk is full." });
});

test("an error that nobody expected is told without its message", async (t) => {
  const bridge = await openTestBridge(t, {
    wrap: (store) => ({ ...store, probe: () => Promise.reject(new Error("ana@acme.example")) }),
  });
  t.is((await findings(bridge))["store"], "degraded: An unexpected error: the log has it.");
});

test("the status has what is staged, linked, waiting, held and failing, and the last runs", async (t) => {
  const bridge = await openTestBridge(t, {
    directories: { acme: ["*"], globex: ["*"] },
    product: { seats: { standard: 2 } },
  });
  const people = [];
  for (const name of ["ana", "bo", "cy", "di"]) people.push(await hire(bridge, `${name}@acme.example`));
  await hire(bridge, "owner@acme.example", { userType: "Contractor" });
  await runFull(bridge);
  await patch(bridge, people[0]!.id, { displayName: "Ana B" });
  await remove(bridge, people[3]!.id);
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "update-account") throw new ConnectorError("rejected", "not today");
  });
  await runUrgent(bridge);
  const status = await bridge.services().status();
  t.like(status, { mappingVersion: 1, linked: 2, wakes: 1, held: { total: 1 } });
  t.like(status.staged, [
    { directory: "acme", active: 4, inactive: 0, deleted: 1 },
    { directory: "globex", active: 0, inactive: 0, deleted: 0, lastPushAt: null },
  ]);
  t.deepEqual(
    status.waiting.map(({ label, place }) => [label, place]),
    [["cy@acme.example", 1]],
  );
  t.like(status.failing, [{ user: people[0]!.id, attempts: 1, message: "not today" }]);
  t.deepEqual(
    status.runs.map(({ lane, outcome }) => [lane, outcome]),
    [
      ["urgent", "partial"],
      ["full", "held"],
    ],
  );
});

test("a token that expires soon is told and is no fault; one that has, while it was used, is", async (t) => {
  const day = 24 * 60 * 60_000;
  const bridge = await openTestBridge(t);
  const { tokens } = bridge.services();
  t.is((await findings(bridge))["tokens"], "ok: None expires soon.");
  const first = await tokens.create({ scope: "scim", directory: ACME, expiresInMs: 60 * day, author: "test" });
  const second = await tokens.create({ scope: "health", directory: null, expiresInMs: 61 * day, author: "test" });
  bridge.clock.advance(54 * day);
  t.is(
    (await findings(bridge))["tokens"],
    `ok: Token ${first.record.id} of directory acme expires in 6 days. 1 more: \`rosterbridge token list\`.`,
  );
  bridge.clock.advance(6 * day);
  t.is(
    (await findings(bridge))["tokens"],
    `degraded: Token ${first.record.id} of directory acme has expired. 1 more: \`rosterbridge token list\`.`,
  );
  await tokens.revoke(first.record.id, "test");
  t.is((await findings(bridge))["tokens"], `ok: Token ${second.record.id} of scope health expires within a day.`);
});
