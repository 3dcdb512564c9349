/** The daemon as a process: it stops, it starts, and it outlives a product that is down. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { bridgeFolder, bridgeSettings, startBridge } from "../support/bridge-process.ts";
import type { BridgeFolder, BridgeProcess } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { runCommand } from "../support/command-process.ts";
import { effectiveWrites, showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import type { LiveSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import type { ScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

/** Docker's grace. */
const GRACE_MS = 10_000;
const CLEAN = { code: 0, signal: null };

async function connect(folder: BridgeFolder, bridge: BridgeProcess): Promise<ScimClient> {
  return createScimClient(bridge.url, await issueToken(folder));
}

const hasAccount = (sandbox: LiveSandbox, name: string): boolean => {
  const member = showSandbox(sandbox).members[`${name}@acme.example`];
  return member?.seat === "standard" && member.groups.length === 1;
};

/** Whether a fault has hit somebody. */
const isHit = (sandbox: LiveSandbox): boolean => sandbox.faults.list().some(({ hits }) => hits > 0);

/** A port of this machine that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const stopsWithHungProduct = test.macro(async (t: ExecutionContext, method: string) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const idp = await connect(folder, bridge);
  await bridge.firstRun();
  sandbox.faults.add({ kind: "latency", match: { method }, times: null, delayMs: 600_000 });
  await idp.create("ana");
  await until("a call that hangs", () => isHit(sandbox));
  const askedAt = performance.now();
  t.deepEqual(await bridge.stop(), CLEAN, bridge.output());
  t.true(performance.now() - askedAt < GRACE_MS);
  t.is(bridge.errors(), "");

  sandbox.faults.clear();
  await startBridge(t, folder);
  await until("the account", () => hasAccount(sandbox, "ana"));
  const creates = effectiveWrites(sandbox).filter((write) => write === "POST /v1/members");
  t.is(creates.length, 1);
});
test("SIGTERM ends the daemon cleanly while a read of the product hangs", stopsWithHungProduct, "GET");
test("SIGTERM ends the daemon cleanly while a write to the product hangs", stopsWithHungProduct, "POST");

test("SIGTERM in the middle of a run ends it between two changes, and the next start goes on", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  const idp = await connect(folder, bridge);
  await bridge.firstRun();
  sandbox.faults.add({ kind: "latency", match: { method: "POST" }, times: null, delayMs: 60 });
  const names = Array.from({ length: 30 }, (_, index) => `person${index}`);
  await Promise.all(names.map((name) => idp.create(name)));
  await until("some accounts", () => Object.keys(showSandbox(sandbox).members).length > 3);
  t.deepEqual(await bridge.stop(), CLEAN);
  const done = effectiveWrites(sandbox).length;
  t.true(done < 91, "there was something left to do");
  await startBridge(t, folder);
  await until("all accounts", () => names.every((name) => hasAccount(sandbox, name)));
  t.is(effectiveWrites(sandbox).length, 91, "one group, and three writes for each person");
});

test("SIGINT ends an idle daemon cleanly, and pushes are refused from then on", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const bridge = await startBridge(t, folder);
  await bridge.firstRun();
  bridge.signal("SIGINT");
  t.deepEqual(await bridge.exited, CLEAN);
  t.deepEqual(
    bridge
      .log()
      .slice(-2)
      .map(({ event }) => event),
    ["process.stopping", "server.stopped"],
  );
  await t.throwsAsync(fetch(`${bridge.url}/livez`));
});

test("a product that is down at the start stops no push, and gets everybody once it is there", async (t) => {
  const port = await freePort();
  const folder = bridgeFolder(t, bridgeSettings(`http://127.0.0.1:${port}`));
  const bridge = await startBridge(t, folder);
  const idp = await connect(folder, bridge);
  await bridge.firstRun();
  const id = await idp.create("ana");
  t.is((await idp.send("GET", `/Users/${id}`)).status, 200);
  const look = async (path: string): Promise<readonly [number, string]> => {
    const response = await fetch(`${bridge.url}${path}`);
    return [response.status, await response.text()];
  };
  t.deepEqual(await look("/livez"), [200, "ok\n"]);
  t.deepEqual(await look("/readyz"), [200, "ok\n"]);
  t.deepEqual(await look("/health"), [503, '{"status":"degraded"}'], "no detail without a token");
  const made = await runCommand(t, ["token", "create", "--scope", "health"], { folder });
  const health = await fetch(`${bridge.url}/health`, { headers: { authorization: `Bearer ${made.output.trim()}` } });
  const { components } = (await health.json()) as { components: readonly { component: string; detail: string }[] };
  t.regex(components.find(({ component }) => component === "product")?.detail ?? "", /ECONNREFUSED/);

  const sandbox = await startLiveSandbox(t, { port });
  await until("the account", () => hasAccount(sandbox, "ana"));
  await until("good health", async () => (await look("/health"))[0] === 200);
  t.deepEqual(await bridge.stop(), CLEAN);
});

test("a port in use, and a folder that cannot be written, are told in one sentence", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const { port } = new URL(sandbox.url);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url, { server: { port: Number(port) } }));
  const taken = await runCommand(t, ["serve"], { folder });
  t.is(taken.code, 1);
  t.is(
    taken.errors,
    `rosterbridge: port ${port} on 127.0.0.1 is already in use: stop the other program or set server.port\n`,
  );

  // Not by permissions: the superuser, as whom tests may run, is bound by none.
  const file = join(folder.path, "a-file");
  writeFileSync(file, "");
  folder.configure(bridgeSettings(sandbox.url, { database: { client: "sqlite3", filename: "./a-file/bridge.db" } }));
  const unwritable = await runCommand(t, ["serve"], { folder });
  t.is(unwritable.code, 1);
  t.is(unwritable.errors.split("\n").length, 2, unwritable.errors);
  t.true(unwritable.errors.startsWith("rosterbridge: "), unwritable.errors);
  t.true(unwritable.errors.includes(file), unwritable.errors);
  t.is(unwritable.output, "");
});

test("two daemons on one database: both take pushes, one of them applies", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const first = await startBridge(t, folder);
  await first.firstRun();
  const second = await startBridge(t, folder);
  await second.firstRun();
  const token = await issueToken(folder);
  await Promise.all([
    ...["ana", "bo", "carla"].map((name) => createScimClient(first.url, token).create(name)),
    ...["dmitri", "eve"].map((name) => createScimClient(second.url, token).create(name)),
  ]);
  const names = ["ana", "bo", "carla", "dmitri", "eve"];
  await until("all accounts", () => names.every((name) => hasAccount(sandbox, name)));
  t.deepEqual(await first.stop(), CLEAN);
  t.deepEqual(await second.stop(), CLEAN);
  const refused = sandbox.ledger.rows().filter(({ value }) => !value.effect);
  t.deepEqual(refused, [], "nobody tried what the other had done");
});
