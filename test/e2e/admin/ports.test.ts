/** Where the admin API is served: beside SCIM, at a port of its own, or nowhere. */
import test, { type ExecutionContext } from "ava";
import type { JsonObject } from "../../../src/domain/json.ts";
import { bridgeFolder, bridgeSettings, startBridge, type BridgeProcess } from "../../support/bridge-process.ts";
import { runCommand } from "../../support/command-process.ts";

/** Nobody listens there. */
const NO_PRODUCT = "http://127.0.0.1:9";

interface Started {
  readonly bridge: BridgeProcess;
  /** The status of the admin API at an address, with a good token. */
  status(url: string): Promise<number>;
}

async function start(t: ExecutionContext, server: JsonObject): Promise<Started> {
  const folder = bridgeFolder(t, bridgeSettings(NO_PRODUCT, { server: { port: 0, ...server } }));
  const made = await runCommand(t, ["token", "create", "--scope", "read"], { folder });
  const bridge = await startBridge(t, folder);
  const headers = { authorization: `Bearer ${made.output.trim()}` };
  return { bridge, status: async (url) => (await fetch(`${url}/admin/v1/status`, { headers })).status };
}

const eventIn = (bridge: BridgeProcess, event: string) => bridge.log().find((line) => line.event === event);

test("a server that only this machine reaches serves it on the same port, and says where in its log", async (t) => {
  const { bridge, status } = await start(t, { host: "127.0.0.1" });
  t.is(await status(bridge.url), 200);
  t.is(eventIn(bridge, "admin.listening")?.["url"], bridge.url);
});

test("a server with a public address serves it nowhere, and says so in its log", async (t) => {
  const { bridge, status } = await start(t, { host: "127.0.0.1", publicUrl: "https://sync.acme.example" });
  t.is(await status(bridge.url), 404);
  t.like(eventIn(bridge, "admin.off"), { setting: "server.admin" });
});

test("at a port of its own it is served there and not beside SCIM; health and metrics are at both, SCIM is not", async (t) => {
  const { bridge, status } = await start(t, { host: "0.0.0.0", admin: { host: "127.0.0.1", port: 0 } });
  const own = String(eventIn(bridge, "admin.listening")?.["url"]);
  t.is(await status(own), 200);
  t.is(await status(bridge.url), 404);
  for (const url of [own, bridge.url]) {
    t.is((await fetch(`${url}/livez`)).status, 200);
    t.is((await fetch(`${url}/metrics`)).status, 401);
  }
  t.is((await fetch(`${bridge.url}/scim/v2/Users`)).status, 401);
  t.is((await fetch(`${own}/scim/v2/Users`)).status, 404);
  t.is((await bridge.stop()).code, 0);
});

test("it is off where it is said so, and on a public address where it is said so", async (t) => {
  const off = await start(t, { host: "127.0.0.1", admin: "off" });
  t.is(await off.status(off.bridge.url), 404);
  const on = await start(t, { host: "127.0.0.1", publicUrl: "https://sync.acme.example", admin: "same-port" });
  t.is(await on.status(on.bridge.url), 200);
});
