/** Leavers go before everybody else (product.md section 7). */
import test from "ava";
import { bridgeFolder, bridgeSettings, startBridge } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

const JOINERS = 300;
/** Each joiner takes the product at least this long, so that their queue is long whatever the machine. */
const CREATE_MS = 200;

test("a leaver is shut out while 300 joiners are still queued", async (t) => {
  t.timeout(120_000);
  const sandbox = await startLiveSandbox(t, { seats: { standard: 400 } });
  const settings = bridgeSettings(sandbox.url, {
    limits: { create: { floor: 400 } },
    schedule: { full: "0 0 1 1 *", debounce: "500ms" },
  });
  const folder = bridgeFolder(t, settings);
  const bridge = await startBridge(t, folder);
  const idp = createScimClient(bridge.url, await issueToken(folder));
  const lea = await idp.create("lea");
  await until("the account of the leaver", () => showSandbox(sandbox).members["lea@acme.example"]?.groups.length === 1);

  const slow = { method: "POST", path: "/v1/members" };
  sandbox.faults.add({ kind: "latency", match: slow, times: null, delayMs: CREATE_MS });
  await Promise.all(Array.from({ length: JOINERS }, (_, index) => idp.create(`person${index}`)));
  await until("the first joiners", () => Object.keys(showSandbox(sandbox).members).length > 8);
  await idp.patch(lea, { active: false });
  const pushedAt = performance.now();
  await until("the leaver shut out", () => {
    const { status, seat, groups } = showSandbox(sandbox).members["lea@acme.example"] ?? {};
    return status === "deactivated" && seat === null && groups?.length === 0;
  });
  const tookMs = performance.now() - pushedAt;
  const created = Object.keys(showSandbox(sandbox).members).length - 1;
  t.log(`push to done ${Math.round(tookMs)} ms; ${created} of ${JOINERS} joiners created by then`);
  t.true(created < JOINERS, `${created} joiners were served before the leaver`);
  await bridge.stop();
});
