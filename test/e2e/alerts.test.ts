/** A daemon, the sandbox and a webhook, each by itself: alerts arrive once, over a restart too, and name nobody. */
import test from "ava";
import { startCommand } from "../support/command-process.ts";
import { bridgeFolder, bridgeSettings, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import { startWebhook, WEBHOOK_SECRET } from "../support/webhook-server.ts";

const CANARY = "kanarek";

test("a leaver over the limit is told once by webhook, and not again after a restart", async (t) => {
  const [sandbox, webhook] = [await startLiveSandbox(t), await startWebhook(t)];
  const settings = bridgeSettings(sandbox.url, {
    alerts: [{ webhook: { env: "ALERT_WEBHOOK" }, on: ["held", "token"] }],
    limits: { deactivate: { floor: 0, max: 0 } },
    log: { level: "debug" },
  });
  const folder = bridgeFolder(t, settings);
  const environment = { ALERT_WEBHOOK: webhook.url };
  const bridge = await startBridge(t, folder, environment);
  await bridge.firstRun();
  const token = await issueToken(folder);
  const idp = createScimClient(bridge.url, token);
  const id = await idp.create(CANARY);
  await bridge.logged(({ event, lane }) => event === "run.finished" && lane === "urgent");
  const patch = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", value: { active: false } }],
  };
  t.is((await idp.send("PATCH", `/Users/${id}`, patch)).status, 200);

  const raised = await webhook.got(({ event }) => event === "raised");
  t.like(raised, { version: 1, condition: "held", severity: "critical", bridge: { publicUrl: bridge.url } });
  t.regex(raised.text, /^Critical: 1 leaver is not shut out\n.*1 deactivation: 1 in 24 h, limit 0 /s);
  await bridge.logged(({ event }) => event === "alert.delivered");
  t.is((await bridge.stop()).code, 0);

  const again = await startBridge(t, folder, environment);
  const status = startCommand(t, ["status"], { folder, environment });
  t.is((await status.exited).code, 0, status.errors());
  t.regex(status.output(), /Alerts: 1\n {2}held:leavers: 1 leaver is not shut out/);
  const release = startCommand(t, ["release", `${CANARY}@acme.example`, "--reason", "gone"], { folder, environment });
  t.is((await release.exited).code, 0);
  await again.logged(({ event, lane }) => event === "run.finished" && lane === "urgent");
  const { code } = await again.stop();
  t.is(code, 0);
  t.is(webhook.posted.length, 1, "nothing is told twice");

  const all = `${bridge.output()}${again.output()}${webhook.posted.map(({ text }) => text).join()}`;
  t.notRegex(all, new RegExp(`${CANARY}|acme\\.example|${WEBHOOK_SECRET}|${token}`));
});
