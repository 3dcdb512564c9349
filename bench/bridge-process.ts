import { pino } from "pino";
import { validate } from "node-cron";
import { loadConfig } from "../src/config/load.ts";
import type { Ambient } from "../src/ports/ambient.ts";
import { createAmbient } from "../src/runtime/ambient.ts";
import { openBridge, type Bridge } from "../src/runtime/bootstrap.ts";
import { productSchemas } from "../src/runtime/connectors.ts";
import { createLog } from "../src/runtime/log.ts";

/** The real clock and ids, and a log that only speaks up when something is wrong. */
export function quietAmbient(): Ambient {
  return createAmbient(createLog("warn", pino.destination({ dest: 2, sync: true })));
}

/** All objects of a bridge in this process, from its configuration file. */
export function openBridgeOf(configFile: string): Promise<Bridge> {
  const { config } = loadConfig({
    path: configFile,
    environment: {},
    cwd: "/",
    products: productSchemas,
    isCron: (text) => validate(text),
  });
  return openBridge(config, quietAmbient());
}
