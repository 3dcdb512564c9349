import process from "node:process";
import { pino, type DestinationStream } from "pino";
import { validate } from "node-cron";
import type { Settings, Toolbox } from "../cli/toolbox.ts";
import { configJsonSchema } from "../config/json-schema.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { backUpDatabase } from "../store/backup.ts";
import { restoreDatabase } from "../store/restore.ts";
import { createAmbient } from "./ambient.ts";
import { openBridge } from "./bootstrap.ts";
import { productSchemas, type ProductOptions } from "./connectors.ts";
import { startDaemon } from "./daemon.ts";
import { playDemo } from "./demo/demo.ts";
import { examine } from "./doctor.ts";
import { checkDraft, recipeNeeds, schemaReference } from "./draft.ts";
import { createLog, type LogLevel } from "./log.ts";
import { tryRecipe } from "./recipe-trial.ts";
import { runUntilStopped } from "./shutdown.ts";
import { createTerminal, type SharedTerminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** The real toolbox: this process, its terminal, its files, and whatever the configuration names. */
export function createToolbox(): Toolbox {
  const terminal = createTerminal();
  const interrupted = new AbortController();
  // Only commands write to standard output: beside them, the log speaks up on standard error when something is wrong.
  const ambient = createAmbient(createLog("warn", errorsBeside(terminal)));
  const load = (path: string | undefined): LoadedConfig<ProductOptions> =>
    loadConfig({
      path,
      environment: process.env,
      cwd: process.cwd(),
      products: productSchemas,
      isCron: (text) => validate(text),
    });
  // The first signal asks; the second finds nobody listening, and ends the process as it always does.
  const onInterrupt = (): void => {
    interrupted.abort();
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  };
  // Listened to only once a command looks: the daemon has its own way to stop.
  const listenForStop = (): AbortSignal => {
    const isHeard = interrupted.signal.aborted || process.listenerCount("SIGINT") > 0;
    if (!isHeard) process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
    return interrupted.signal;
  };
  return {
    version: VERSION,
    terminal,
    ambient,
    get interrupted() {
      return listenForStop();
    },
    environment: (name) => process.env[name],
    loadSettings: (path) => toSettings(load(path)),
    configSchema: () => configJsonSchema(productSchemas),
    recipeNeeds,
    checkDraft: (document, file, variables) => checkDraft(document, file, variables, ambient),
    schemaReference,
    async open(path) {
      const bridge = await openBridge(load(path).config, ambient);
      return { services: bridge.services, close: () => bridge.close() };
    },
    async serve(path) {
      const { config } = load(path);
      const log = createLog(config.log.level satisfies LogLevel, pino.destination({ dest: 1, sync: false }));
      const daemon = await startDaemon(config, createAmbient(log));
      return runUntilStopped(() => daemon.close(), log);
    },
    tryRecipe: (trial) =>
      tryRecipe(trial, {
        ambient,
        environment: process.env,
        cwd: process.cwd(),
        configured: () => recipeOptionsOf(load(trial.configPath)),
      }),
    examine: (path, signal) => examine(() => load(path), ambient, signal),
    backUp: (path, file) => backUpDatabase(load(path).config.database.filename, file, ambient.newId),
    restore: (path, backup, agree) =>
      restoreDatabase({ filename: load(path).config.database.filename, backup, ambient, agree }),
    demo: (options) => playDemo({ terminal, stopped: listenForStop(), ...options }),
  };
}

/** Standard error for the log, whose lines must not run into a progress bar. */
function errorsBeside(terminal: SharedTerminal): DestinationStream {
  const errors = pino.destination({ dest: 2, sync: true });
  return {
    write(line) {
      terminal.giveWay();
      errors.write(line);
    },
  };
}

function toSettings({ file, printable, config }: LoadedConfig<ProductOptions>): Settings {
  return { file, printable, directories: config.directories.map(({ id }) => id) };
}

function recipeOptionsOf({ config }: LoadedConfig<ProductOptions>): object | null {
  return config.product.connector === "recipe" ? config.product.options : null;
}
