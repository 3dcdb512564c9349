import test from "ava";
import { loadConfig } from "../../src/config/load.ts";
import { RunInProgressError } from "../../src/domain/errors.ts";
import type { BackgroundRunRequest } from "../../src/engine/runs/background-runs.ts";
import type { Log } from "../../src/ports/ambient.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";
import { startDaemon } from "../../src/runtime/daemon.ts";
import { bridgeFolder, bridgeSettings } from "../support/bridge-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { until } from "../support/until.ts";

const ignore = (): void => undefined;
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const REQUEST: BackgroundRunRequest = { lane: "full", trigger: "admin", waitMs: 30_000 };

test("whoever looks on at a daemon hears of the runs that were asked for, and none begins once it stops", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const { config } = loadConfig({
    path: folder.config,
    environment: {},
    cwd: folder.path,
    products: productSchemas,
    isCron: () => true,
  });
  const reports: string[] = [];
  const plans: string[] = [];
  const daemon = await startDaemon(config, createAmbient(SILENT), {
    plan: async ({ summary }) => void plans.push(summary.digest),
    report: ({ id }) => void reports.push(id),
  });
  t.teardown(() => daemon.close());
  // The daemon's first run is its own.
  await until("the first report", () => reports.length === 1);

  const { backgroundRuns } = daemon.bridge.services;
  const ran = await until("a run", () =>
    backgroundRuns.start(REQUEST).catch((error: unknown) => {
      if (error instanceof RunInProgressError) return null;
      throw error;
    }),
  );
  if (ran.state !== "finished") return t.fail(ran.state);
  t.deepEqual(reports.slice(1), [ran.report.id]);
  t.is(plans.at(-1), ran.report.digest);
  await daemon.close();
  await t.throwsAsync(backgroundRuns.start(REQUEST), { instanceOf: RunInProgressError, message: /stopping/ });
});
