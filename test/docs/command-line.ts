/** `rosterbridge` as the pages use it: the real command line over real files, in this process and in a folder of its own. */
import { isAbsolute, join } from "node:path";
import { existsSync } from "node:fs";
import { createProgram } from "../../src/cli/program.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { runCli } from "../../src/cli/run.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Toolbox } from "../../src/cli/toolbox.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { loadConfig, type LoadedConfig } from "../../src/config/load.ts";
import type { Services } from "../../src/engine/services.ts";
import { UsageError } from "../../src/domain/errors.ts";
import type { Log } from "../../src/ports/ambient.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { openBridge } from "../../src/runtime/bootstrap.ts";
import { productSchemas, type ProductOptions } from "../../src/runtime/connectors.ts";
import { examine } from "../../src/runtime/doctor.ts";
import { checkDraft, recipeNeeds, schemaReference } from "../../src/runtime/draft.ts";
import { tryRecipe } from "../../src/runtime/recipe-trial.ts";
import { backUpDatabase } from "../../src/store/backup.ts";
import { restoreDatabase } from "../../src/store/restore.ts";
import { until } from "../support/until.ts";

/** Where commands run. */
export interface Place {
  /** The working folder. */
  readonly path: string;
  /** Path of the configuration. */
  readonly config: string;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The use cases of a daemon that runs here. Commands share them: two bridges of one process would take each other's lease,
   * since a lease is a process's.
   */
  readonly services?: Services | null;
}

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly errors: string;
}

const ignore = (): void => undefined;
/** A log that nobody reads. */
export const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
/** Somewhere that is not there, for looking at the program without running it. */
const NOWHERE: Place = { path: "/nowhere", config: "/nowhere/sync.config.json", environment: {} };

/** Reads the configuration of a place, as every command does. Throws ConfigError. */
export function loadAt({ path, config, environment }: Place): LoadedConfig<ProductOptions> {
  return loadConfig({ path: config, environment, cwd: path, products: productSchemas, isCron: () => true });
}

/** The commands as commander knows them. */
export function theProgram(): ReturnType<typeof createProgram> {
  return createProgram(toolboxOf(NOWHERE, quietTerminal(ignore, ignore)), ignore);
}

/** Runs one command line, as somebody who says yes to every question, and tries again while another run is in progress. What would go on for ever (`serve`, `sandbox`, `demo`) is not for here. */
export async function runAt(place: Place, args: readonly string[]): Promise<Printed> {
  const out: string[] = [];
  const errors: string[] = [];
  const terminal = quietTerminal(
    (line) => void out.push(line),
    (line) => void errors.push(line),
  );
  // Names of files start from the working folder, which a thread cannot change: they are made absolute here.
  const words = args.map((word) => {
    const path = join(place.path, word);
    return !isAbsolute(word) && existsSync(path) ? path : word;
  });
  const asGiven = (lines: readonly string[]): string =>
    args.reduce((text, word, index) => text.replaceAll(words[index] ?? word, word), lines.join("\n"));
  const code = await until("its turn", async () => {
    out.length = 0;
    errors.length = 0;
    const ended = await runCli(words, toolboxOf(place, terminal));
    return ended === EXIT.inProgress ? null : { ended };
  });
  return { code: code.ended, out: asGiven(out), errors: asGiven(errors) };
}

function quietTerminal(print: (line: string) => void, warn: (line: string) => void): Terminal {
  const pipe = { isInteractive: false, hasColour: false, columns: 120, canAsk: true };
  const progress = () => ({ update: ignore, end: ignore });
  return { ...pipe, print, warn, progress, confirm: () => Promise.resolve(true), ask: () => Promise.resolve(null) };
}

/** As `createToolbox` of src/runtime, but for the process: its folder, its environment, its signals. */
function toolboxOf(place: Place, terminal: Terminal): Toolbox {
  const { environment, path: cwd } = place;
  const ambient = createAmbient(SILENT);
  const load = () => loadAt(place);
  const forEver = (): never => {
    throw new UsageError("This goes on until it is stopped: the test has to start it as a process.");
  };
  return {
    version: "0.0.0",
    terminal,
    ambient,
    interrupted: new AbortController().signal,
    environment: (name) => environment[name],
    loadSettings() {
      const { file, printable, config } = load();
      return { file, printable, directories: config.directories.map(({ id }) => id) };
    },
    configSchema: () => configJsonSchema(productSchemas),
    recipeNeeds,
    checkDraft: (document, file, variables) => checkDraft(document, file, variables, ambient),
    schemaReference,
    async open() {
      if (place.services) return { services: place.services, close: () => Promise.resolve() };
      const bridge = await openBridge(load().config, ambient);
      return { services: bridge.services, close: () => bridge.close() };
    },
    tryRecipe: (trial) => tryRecipe(trial, { ambient, environment, cwd, configured: () => recipeOptionsOf(load()) }),
    examine: (_, signal) => examine(load, ambient, signal),
    backUp: (_, file) => backUpDatabase(load().config.database.filename, file, ambient.newId),
    restore: (_, backup, agree) =>
      restoreDatabase({ filename: load().config.database.filename, backup, ambient, agree }),
    serve: forEver,
    demo: forEver,
  };
}

function recipeOptionsOf({ config }: LoadedConfig<ProductOptions>): object | null {
  return config.product.connector === "recipe" ? config.product.options : null;
}
