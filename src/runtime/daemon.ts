import type { RequestListener } from "node:http";
import { publicUrlFor, type Config } from "../config/config.ts";
import { listen } from "../lib/http-server.ts";
import type { Ambient } from "../ports/ambient.ts";
import { createApp } from "../server/app.ts";
import { createAlertWatch } from "./alert-watch.ts";
import { openBridge, type Bridge } from "./bootstrap.ts";
import type { ProductOptions } from "./connectors.ts";
import { createScheduler, type RunWatcher } from "./scheduler.ts";

/** Requests under way at a stop are answered within this time, or cut off; milliseconds. */
const ANSWER_DEADLINE_MS = 4_000;

/** A running bridge: it takes pushes and reconciles. */
export interface Daemon {
  /** Where the IdP pushes to, without a final slash. */
  readonly url: string;
  readonly bridge: Bridge;
  /** Says "not ready", finishes what is under way, and closes everything. Every call returns the same promise. */
  close(): Promise<void>;
}

/**
 * Opens the store, begins to reconcile, and listens. Throws StoreUnavailableError or ListenError when it cannot; a
 * product that is down stops nothing.
 */
export async function startDaemon(
  config: Config<ProductOptions>,
  ambient: Ambient,
  watch?: RunWatcher,
): Promise<Daemon> {
  let pushed = (): void => undefined;
  let isStopping = false;
  const bridge = await openBridge(config, ambient, () => pushed());
  try {
    const { host, port } = config.server;
    const alerts = createAlertWatch(bridge.services.alerts, ambient);
    const scheduler = createScheduler({
      reconciler: bridge.services.reconciler,
      wakes: bridge.store.wakes,
      holds: bridge.store.holds,
      ambient,
      ...config.schedule,
      watch: {
        plan: async (plan) => watch?.plan(plan),
        report(report) {
          watch?.report(report);
          alerts.nudge();
        },
      },
    });
    pushed = () => scheduler.pushed();
    // The port may be any free one: the address to hand out is known only once it is open.
    let answer: RequestListener = () => undefined;
    const listening = await listen((request, response) => answer(request, response), {
      host,
      port,
      portSetting: "server.port",
    });
    const publicUrl = config.server.publicUrl ?? publicUrlFor(host, listening.port);
    answer = createApp({ services: bridge.services, ambient, publicUrl, isStopping: () => isStopping });
    ambient.log.info("server.listening", {
      url: listening.url,
      scim: `${publicUrl}/scim/v2`,
      mode: config.policy.mode,
    });
    bridge.services.alerts.isAt(publicUrl);
    scheduler.start();
    alerts.start();

    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      isStopping = true;
      await Promise.all([listening.close(ANSWER_DEADLINE_MS), scheduler.close(), alerts.close()]);
      await bridge.close();
      ambient.log.info("server.stopped");
    };
    return { url: listening.url, bridge, close: () => (closing ??= close()) };
  } catch (error) {
    await bridge.close();
    throw error;
  }
}
