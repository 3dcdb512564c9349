import test from "ava";
import { ALERT_TOPICS, type AlertTarget } from "../../../src/domain/alert.ts";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/domain/policy.ts";
import type { Services } from "../../../src/engine/services.ts";
import {
  accountOf,
  ACME,
  hire,
  NEVER,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import { startWebhook, WEBHOOK_SECRET, type WebhookServer } from "../../support/webhook-server.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function targets(...servers: readonly WebhookServer[]): readonly AlertTarget[] {
  return servers.map(({ url }) => ({ webhook: url, on: ALERT_TOPICS, silentAfterMs: DAY }));
}

/** Looks as the daemon does, every 10 s, for so long; everything is delivered at once. */
async function watch(bridge: TestBridge, services: Services, ms: number): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 10 * SECOND) {
    await services.alerts.review();
    await services.alerts.deliver(NEVER);
    bridge.clock.advance(10 * SECOND);
  }
}

function told({ posted }: WebhookServer): readonly string[] {
  return posted.map(({ body }) => `${body.event} ${body.key}`);
}

const CANARY = "kanarek";

async function hireMany(bridge: TestBridge, name: string, count: number): Promise<readonly DirectoryUser[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => hire(bridge, `${name}${index}@acme.example`)));
}

test("a wipe of 500 people is told once, over a restart too; once it is approved, it is told that it is over", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t, {
    product: { seats: { standard: 600 } },
    limits: { deactivate: DEFAULT_LIMITS.deactivate },
  });
  let services = bridge.restart({ alerts: targets(server) });
  const staff = await Promise.all(
    Array.from({ length: 500 }, (_, index) => hire(bridge, `${CANARY}${index}@acme.example`, { displayName: CANARY })),
  );
  await runFull(bridge);
  await watch(bridge, services, MINUTE);
  t.deepEqual(told(server), []);

  // The wipe arrives bit by bit; whoever comes after the budget is spent is held by plans for a few people.
  for (let from = 0; from < 500; from += 100) {
    await Promise.all(staff.slice(from, from + 100).map(({ id }) => patch(bridge, id, { active: false })));
    await runUrgent(bridge);
    await services.alerts.review();
    bridge.clock.advance(3 * SECOND);
  }
  const { summary } = await runFull(bridge);
  await watch(bridge, services, 5 * MINUTE);
  t.deepEqual(told(server), ["raised held:leavers"]);
  const [{ body, text }] = server.posted as [WebhookServer["posted"][0]];
  const { people = 0, leavers } = body.counts;
  t.true(people > 400, String(people));
  t.is(leavers, people);
  t.regex(body.detail, /\d+ deactivations: \d+ in 24 h, limit \d+ \(limits\.deactivate\)/);
  t.true(body.detail.includes(`rosterbridge approve ${summary.digest} --reason`));
  t.notRegex(text, new RegExp(`${CANARY}|@|${WEBHOOK_SECRET}`));

  services = bridge.restart({ alerts: targets(server) });
  await watch(bridge, services, 2 * MINUTE);
  t.is(server.posted.length, 1);
  t.deepEqual(
    (await services.status()).alerts.map(({ key }) => key),
    ["held:leavers"],
  );

  await services.permissions.approve(summary.digest, { author: "test", reason: "they are gone" });
  await runFull(bridge);
  await watch(bridge, services, 5 * MINUTE);
  t.deepEqual(told(server), ["raised held:leavers", "cleared held:leavers"]);
  t.deepEqual((await services.status()).alerts, []);
  const events = bridge.log.filter(({ event }) => event.startsWith("alert"));
  t.deepEqual(
    events.filter(({ level }) => level !== "debug").map(({ event, fields }) => [event, fields["key"]]),
    [
      ["alert.raised", "held:leavers"],
      ["alert.cleared", "held:leavers"],
    ],
  );
  t.notRegex(JSON.stringify(bridge.log), new RegExp(`${WEBHOOK_SECRET}`));
});

test("a wipe is told at once though something trivial has been held, and told, all along", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t, {
    product: { seats: { standard: 600 } },
    limits: { deactivate: DEFAULT_LIMITS.deactivate, create: { floor: 130, max: 130, percent: null } },
  });
  const services = bridge.restart({ alerts: targets(server) });
  const staff = await hireMany(bridge, "p", 120);
  await runFull(bridge);
  bridge.clock.advance(25 * HOUR);
  await hireMany(bridge, "late", 131);
  const held = await runFull(bridge);
  await watch(bridge, services, MINUTE);
  t.deepEqual(told(server), ["raised held"]);
  t.like(server.posted[0]?.body, { severity: "warning" });

  await services.permissions.approve(held.digest, { author: "test", reason: "they are new" });
  await runFull(bridge);
  await watch(bridge, services, 20 * SECOND);
  await Promise.all(staff.slice(0, 100).map(({ id }) => patch(bridge, id, { active: false })));
  await runFull(bridge);
  await watch(bridge, services, 5 * MINUTE);
  t.deepEqual(told(server).toSorted(), ["cleared held", "raised held", "raised held:leavers"]);
  t.like(server.posted.find(({ body }) => body.key === "held:leavers")?.body, {
    severity: "critical",
    counts: { people: 100 },
  });
});

test("a standing conflict does not hide a wipe", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t, {
    product: { seats: { standard: 600 } },
    limits: { deactivate: DEFAULT_LIMITS.deactivate },
  });
  const services = bridge.restart({ alerts: targets(server) });
  const staff = await hireMany(bridge, "p", 120);
  await runFull(bridge);
  const { id, profile } = accountOf(bridge, "p0@acme.example")!;
  for (let edits = 0; edits < 5; edits += 1) {
    bridge.product.state.change(id, { profile: { ...profile, displayName: `Edited ${edits}` } });
    await runFull(bridge);
  }
  await watch(bridge, services, MINUTE);
  t.deepEqual(told(server), ["raised held"]);
  const others = staff.filter(({ userName }) => userName !== "p0@acme.example").slice(0, 100);
  await Promise.all(others.map((user) => patch(bridge, user.id, { active: false })));
  await runUrgent(bridge);
  await watch(bridge, services, 5 * MINUTE);
  t.deepEqual(told(server), ["raised held", "raised held:leavers"]);
});

test("a leaver whose account is protected is told, once", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t);
  const services = bridge.restart({ alerts: targets(server) });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  bridge.product.state.change(accountOf(bridge, "ana@acme.example")!.id, { role: "owner" });
  await patch(bridge, ana.id, { active: false });
  await runUrgent(bridge);
  await watch(bridge, services, 3 * HOUR);
  t.deepEqual(told(server), ["raised held:leavers"]);
  t.like(server.posted[0]?.body.counts, { people: 1, protected: 1 });
});

test("a webhook that is down is told later, in order, and the others at once", async (t) => {
  const [down, up] = [await startWebhook(t), await startWebhook(t)];
  const bridge = await openTestBridge(t, { product: { seats: { standard: 0 } } });
  const services = bridge.restart({ alerts: targets(down, up) });
  down.answerWith((response) => void response.writeHead(500).end(WEBHOOK_SECRET));
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await watch(bridge, services, MINUTE);
  t.deepEqual(told(up), ["raised over-capacity:standard"]);
  const attempts = down.posted.length;
  t.true(attempts > 1 && attempts < 6, "with back-off");
  const refusals = bridge.log.filter(({ event }) => event === "alert.not-delivered");
  t.is(refusals.length, attempts);
  t.like(refusals[0]?.fields, { key: "over-capacity:standard", attempts: 1, reason: "answered 500" });

  await patch(bridge, ana.id, { userType: "Contractor" });
  await runFull(bridge);
  await watch(bridge, services, 2 * MINUTE);
  t.deepEqual(told(up), ["raised over-capacity:standard", "cleared over-capacity:standard"]);
  down.answerWith((response) => void response.end("<html>ok</html>"));
  const before = down.posted.length;
  await watch(bridge, services, 15 * MINUTE);
  t.deepEqual(told(down).slice(before), told(up));
  t.is(new Set(down.posted.map(({ body }) => body.id)).size, 2, "the same notice has the same id");
  t.notRegex(JSON.stringify(bridge.log), new RegExp(WEBHOOK_SECRET));
});

test("what cannot be delivered for a day is given up, and logged as that", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t, { product: { seats: { standard: 0 } } });
  const services = bridge.restart({ alerts: targets(server) });
  server.answerWith((response) => void response.writeHead(410).end());
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await watch(bridge, services, 20 * SECOND);
  bridge.clock.advance(DAY);
  await services.alerts.deliver(NEVER);
  t.like(bridge.log.at(-1), {
    level: "error",
    event: "alert.not-delivered",
    fields: { key: "over-capacity:standard", told: "raised", isGivenUp: true },
  });
  const before = server.posted.length;
  await services.alerts.deliver(NEVER);
  t.is(server.posted.length, before);
});

test("two processes that look and send at the same time tell everybody once", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t, { product: { seats: { standard: 0 } } });
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const services = bridge.restart({ alerts: targets(server) });
  for (let look = 0; look < 10; look += 1) {
    await Promise.all([services.alerts.review(), services.alerts.review(), services.alerts.review()]);
    await Promise.all([services.alerts.deliver(NEVER), services.alerts.deliver(NEVER)]);
    bridge.clock.advance(5 * SECOND);
  }
  t.deepEqual(told(server), ["raised over-capacity:standard"]);
});

test("a process that is killed between any two steps loses no alert", async (t) => {
  let steps = 0;
  for (let isKilled = true; isKilled; steps += 1) {
    const server = await startWebhook(t);
    const bridge = await openTestBridge(t, { product: { seats: { standard: 0 } } });
    await hire(bridge, "ana@acme.example");
    await runFull(bridge);
    const killed = bridge.restart({ alerts: targets(server) });
    await killed.alerts.review();
    bridge.clock.advance(20 * SECOND);
    bridge.life().killAt(bridge.life().steps.length + steps + 1);
    const life = bridge.life();
    await killed.alerts
      .review()
      .then(() => killed.alerts.deliver(NEVER))
      .catch((error: unknown) => {
        if (life.isAlive()) throw error;
      });
    isKilled = !life.isAlive();
    await watch(bridge, bridge.restart({ alerts: targets(server) }), 2 * MINUTE);
    const ids = new Set(server.posted.map(({ body }) => body.id));
    t.is(ids.size, 1, `killed at step ${steps + 1}: ${told(server).join()}`);
    t.true(server.posted.length <= 2, "told twice at most: when the answer was lost with the process");
  }
  t.true(steps > 8, "saved, claimed, sent and done: each with a beginning and an end");
});

test("a product that is down for 15 minutes is told, and that it is back", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t);
  const services = bridge.restart({ alerts: targets(server) });
  await hire(bridge, "ana@acme.example");
  bridge.product.failReads(new ConnectorError("unavailable", "sandbox did not answer GET /v1/members: ECONNREFUSED"));
  await t.throwsAsync(runFull(bridge));
  await watch(bridge, services, 14 * MINUTE);
  t.deepEqual(told(server), []);
  await t.throwsAsync(runFull(bridge));
  await watch(bridge, services, 3 * MINUTE);
  t.deepEqual(told(server), ["raised failing:product"]);
  t.regex(server.posted[0]?.body.text ?? "", /^Critical: The product cannot be reached/);
  bridge.product.failReads(null);
  await runFull(bridge);
  await watch(bridge, services, 2 * MINUTE);
  t.deepEqual(told(server), ["raised failing:product", "cleared failing:product"]);
});

test("somebody who fails again and again, and a silent directory, are told without names", async (t) => {
  const server = await startWebhook(t);
  const bridge = await openTestBridge(t);
  const services = bridge.restart({ alerts: targets(server) });
  const { token } = await services.tokens.create({
    scope: "scim",
    directory: ACME,
    expiresInMs: 90 * DAY,
    author: "test",
  });
  await services.tokens.authenticate(`Bearer ${token}`);
  await hire(bridge, `${CANARY}@acme.example`);
  bridge.product.hook(() => {
    throw new ConnectorError("rejected", "sandbox answered 422 to POST /v1/members");
  });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await runFull(bridge);
    bridge.clock.advance(MINUTE);
  }
  await watch(bridge, services, 10 * SECOND);
  t.deepEqual(told(server), ["raised failing:people"]);
  bridge.clock.advance(DAY);
  await watch(bridge, services, HOUR + MINUTE);
  t.deepEqual(told(server), ["raised failing:people", "raised silent-idp:acme/24h"]);
  await services.tokens.authenticate(`Bearer ${token}`);
  await watch(bridge, services, 2 * MINUTE);
  t.is(told(server).at(-1), "cleared silent-idp:acme/24h");
  const all = server.posted.map(({ text }) => text).join("\n");
  t.notRegex(all, new RegExp(`${CANARY}|@|rb_`));
});

test("a trial tells each webhook's outcome, and keeps nothing", async (t) => {
  const [good, bad] = [await startWebhook(t), await startWebhook(t)];
  const bridge = await openTestBridge(t);
  const services = bridge.restart({ alerts: targets(good, bad) });
  services.alerts.isAt("https://sync.acme.example");
  bad.answerWith((response) => void response.writeHead(404).end());
  const trials = await services.alerts.tryOut(NEVER);
  t.deepEqual(trials, [
    { webhook: new URL(good.url).origin, delivered: true },
    { webhook: new URL(bad.url).origin, delivered: false, reason: "answered 404" },
  ]);
  t.like(good.posted[0]?.body, {
    event: "test",
    condition: "test",
    bridge: { publicUrl: "https://sync.acme.example" },
  });
  t.regex(good.posted[0]?.body.text ?? "", /^This is a test\n/);
  await services.alerts.deliver(NEVER);
  t.is(good.posted.length + bad.posted.length, 2);
});
