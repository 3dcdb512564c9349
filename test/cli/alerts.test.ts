import test from "ava";
import { ALERT_TOPICS } from "../../src/domain/alert.ts";
import { openTestBridge, hire, runFull, NEVER } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";
import { startWebhook, WEBHOOK_SECRET } from "../support/webhook-server.ts";

const DAY = 24 * 60 * 60_000;

test("alerts test sends each webhook a notice, shows hosts only, and ends with 69 when one did not take it", async (t) => {
  const [one, other] = [await startWebhook(t), await startWebhook(t)];
  const bridge = await openTestBridge(t);
  const alerts = [one, other].map(({ url }) => ({ webhook: url, on: ALERT_TOPICS, silentAfterMs: DAY }));
  bridge.restart({ alerts });
  const good = await command(["alerts", "test"], { bridge });
  t.is(good.code, 0, good.errors);
  t.regex(good.out, /alerts\[0\] +http:\/\/127\.0\.0\.1:\d+ +delivered/);
  t.deepEqual(
    [...one.posted, ...other.posted].map(({ body }) => body.event),
    ["test", "test"],
  );
  other.answerWith((response) => void response.writeHead(403).end(WEBHOOK_SECRET));
  const bad = await command(["alerts", "test"], { bridge });
  t.is(bad.code, 69);
  t.regex(bad.out, /alerts\[1\] +http:\/\/127\.0\.0\.1:\d+ +not delivered: answered 403/);
  const { code, out } = await command(["alerts", "test", "--json"], { bridge });
  t.is(code, 69);
  t.deepEqual(JSON.parse(out), [
    { webhook: new URL(one.url).origin, delivered: true },
    { webhook: new URL(other.url).origin, delivered: false, reason: "answered 403" },
  ]);
  t.notRegex([good, bad].map(({ out: text, errors }) => text + errors).join() + out, new RegExp(WEBHOOK_SECRET));
});

test("alerts test without a webhook says where to put one", async (t) => {
  const bridge = await openTestBridge(t);
  const { code, errors } = await command(["alerts", "test"], { bridge });
  t.is(code, 64);
  t.regex(errors, /No webhook is configured: add one to "alerts" in the configuration\./);
});

test("status lists what is open, with and without webhooks", async (t) => {
  const bridge = await openTestBridge(t, { product: { seats: { standard: 0 } } });
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const { alerts } = bridge.services();
  await alerts.review();
  t.notRegex((await command(["status"], { bridge })).out, /Alerts/);
  bridge.clock.advance(15_000);
  await alerts.review();
  await alerts.deliver(NEVER);
  const { out } = await command(["status"], { bridge });
  t.regex(out, /Alerts: 1\n {2}over-capacity:standard: 1 person waits for a standard seat \(seen first 1\d s ago\)/);
  const json = JSON.parse((await command(["status", "--json"], { bridge })).out) as { alerts: readonly object[] };
  t.like(json.alerts[0], { key: "over-capacity:standard", topic: "over-capacity", counts: { people: 1 } });
});
