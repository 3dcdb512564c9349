import type { Config } from "../config/config.ts";
import type { RunWatcher } from "../engine/runs/run-watcher.ts";
import type { Ambient } from "../ports/ambient.ts";
import { createAlertWatch } from "./alert-watch.ts";
import { openBridge, type Bridge } from "./bootstrap.ts";
import type { ProductOptions } from "./connectors.ts";
import { logAdmin, openListeners } from "./listeners.ts";
import { createPrometheus } from "./metrics/prometheus.ts";
import { createRetentionJob } from "./retention-job.ts";
import { createScheduler } from "./scheduler.ts";
import { VERSION } from "./version.ts";

/** Requests under way at a stop are answered within this time, or cut off; milliseconds. */
const ANSWER_DEADLINE_MS = 4_000;

/** A running bridge: it takes pushes and reconciles. */
export interface Daemon {
  /** Where the IdP pushes to, without a final slash. */
  readonly url: string;
  /** Where the admin API is; null: nowhere. */
  readonly adminUrl: string | null;
  readonly bridge: Bridge;
  /** Says "not ready", finishes what is under way, and closes everything. Every call returns the same promise. */
  close(): Promise<void>;
}

/**
 * Opens the store, begins to reconcile, and listens. Throws StoreUnavailableError or ListenError when it cannot; a
 * product that is down stops nothing.
 */
export async function startDaemon(config: Config<ProductOptions>, world: Ambient, watch?: RunWatcher): Promise<Daemon> {
  const prometheus = createPrometheus({ clock: world.clock, version: VERSION, hasProcess: true });
  const ambient: Ambient = { ...world, metrics: prometheus.metrics };
  let pushed = (): void => undefined;
  let isStopping = false;
  const bridge = await openBridge(config, ambient, () => pushed());
  try {
    const alerts = createAlertWatch(bridge.services.alerts, ambient);
    const looksOn: RunWatcher = {
      plan: async (plan) => watch?.plan(plan),
      report(report) {
        watch?.report(report);
        alerts.nudge();
      },
    };
    const retention = createRetentionJob(bridge.services.retention, ambient, config);
    bridge.services.backgroundRuns.watch(looksOn);
    const scheduler = createScheduler({
      reconciler: bridge.services.reconciler,
      wakes: bridge.store.wakes,
      holds: bridge.store.holds,
      mappings: bridge.store.mappings,
      restorations: bridge.store.restorations,
      ambient,
      ...config.schedule,
      watch: looksOn,
    });
    pushed = () => scheduler.pushed();
    const listeners = await openListeners(config, {
      services: bridge.services,
      ambient,
      metrics: prometheus.page(() => bridge.services.measures()),
      version: VERSION,
      isStopping: () => isStopping,
    });
    const { url, publicUrl } = listeners;
    ambient.log.info("server.listening", {
      url,
      scim: `${publicUrl}/scim/v2`,
      mode: config.policy.mode,
    });
    logAdmin(ambient.log, config.server, listeners.adminUrl);
    bridge.services.alerts.isAt(publicUrl);
    scheduler.start();
    alerts.start();
    retention.start();

    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      isStopping = true;
      const runs = Promise.all([scheduler.close(), bridge.services.backgroundRuns.close()]);
      await Promise.all([listeners.close(ANSWER_DEADLINE_MS), runs, alerts.close(), retention.close()]);
      await bridge.close();
      ambient.log.info("server.stopped");
    };
    return { url, adminUrl: listeners.adminUrl, bridge, close: () => (closing ??= close()) };
  } catch (error) {
    await bridge.close();
    throw error;
  }
}
