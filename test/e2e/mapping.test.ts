/** `mapping`, each command as a process of its own, over files as admins keep them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { bridgeFolder, bridgeSettings } from "../support/bridge-process.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { startProductBridge } from "../support/product-bridge.ts";
import { until } from "../support/until.ts";

/** Nobody listens there. */
const NO_PRODUCT = "http://127.0.0.1:9";

test("from show over an edit and its preview to set, history and rollback, while the product is down", async (t) => {
  const folder = bridgeFolder(t, bridgeSettings(NO_PRODUCT));
  const run = (...args: readonly string[]) => runCommand(t, ["mapping", ...args], { folder });
  const shown = await run("show");
  t.is(shown.code, 0, shown.errors);
  const file = join(folder.path, "new.json");
  const edited = { ...(JSON.parse(shown.output) as JsonObject), rehire: "link" };
  writeFileSync(file, `\uFEFF${JSON.stringify(edited, null, 2).replaceAll("\n", "\r\n")}`);
  t.regex((await run("test", file)).output, /is a mapping/);
  const preview = await run("preview", file, "--json");
  t.is(preview.code, 0, preview.errors);
  const { summary } = JSON.parse(preview.output) as { summary: JsonObject };
  t.like(summary, { savedVersion: 1, observedAt: null, people: 0 });
  const set = await run("set", file, "--reason", "those who return keep their account", "--expect", "1");
  t.is(set.code, 0, set.errors);
  t.regex(set.output, /^Saved as mapping v2/);
  const stale = await run("set", file, "--reason", "again", "--expect", "1");
  t.is(stale.code, 3, stale.errors);
  t.is((await run("rollback", "1", "--reason", "tried it")).code, 0);
  t.regex((await run("history")).output, /v3 .* tried it\nv2 .* those who return keep their account\nv1 /);
});

test("a running daemon makes a full run under a mapping that a command has saved, within seconds", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const product = bridgeSettings(sandbox.url)["product"] as JsonObject;
  const { folder, services } = await startProductBridge(t, product);
  const fullRuns = async (trigger: string): Promise<number> =>
    (await services.status()).runs.filter(
      (run) => run.lane === "full" && run.trigger === trigger && run.outcome !== null,
    ).length;
  await until("the first run", async () => (await fullRuns("start")) === 1 || null);
  const run = (...args: readonly string[]) => runCommand(t, args, { folder });
  const edited = { ...(await services.mappingEdits.show()).document, rehire: "link" };
  const file = join(folder.path, "new.json");
  writeFileSync(file, JSON.stringify(edited));
  const set = await run("mapping", "set", file, "--reason", "those who return keep their account");
  t.regex(set.errors, /A running daemon makes a full run under it within seconds/);
  await until("a run under the edit", async () => (await fullRuns("admin")) === 1 || null);
  t.is((await run("mapping", "rollback", "1", "--reason", "tried it")).code, 0);
  await until("a run under the one before", async () => (await fullRuns("admin")) === 2 || null);
  t.is(await fullRuns("admin"), 2);
});

test("ruled by the file, a file that changed is the next version, and a bad one is told before anything runs", async (t) => {
  const mapping = (seat: string, tests: readonly JsonObject[] = []): JsonObject => ({
    mapping: { source: "file", initial: { seats: { default: seat }, tests } },
  });
  const folder = bridgeFolder(t, bridgeSettings(NO_PRODUCT, mapping("standard")));
  const run = (...args: readonly string[]) => runCommand(t, ["mapping", ...args], { folder });
  const rewrite = (parts: JsonObject): void => folder.configure(bridgeSettings(NO_PRODUCT, parts));
  t.like(JSON.parse((await run("show", "--json")).output) as JsonObject, { version: 1, source: "file" });
  rewrite(mapping("premium"));
  t.like(JSON.parse((await run("show", "--json")).output) as JsonObject, {
    version: 2,
    author: "configuration",
    reason: "the configuration file changed",
  });
  rewrite(mapping("standard", [{ given: {}, seat: "premium" }]));
  const failed = await run("show");
  t.is(failed.code, 78, failed.errors);
  t.regex(failed.errors, /mapping\.initial.*tests\[0\]/s);
});
