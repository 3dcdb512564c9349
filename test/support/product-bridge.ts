/**
 * A real bridge for end-to-end tests of one product: the configuration is a file that is loaded and checked as any other, the
 * daemon listens on a free port, pushes come over HTTP as an IdP sends them, and what is written goes to the twin over HTTP.
 *
 *     const bridge = await startProductBridge(t, { connector: "calcom", baseUrl: twin.url, apiKey: TWIN_TOKEN, … });
 *     const ana = await bridge.idp.create("ana");                  // ana@acme.example of Sales; pushed over SCIM
 *     await bridge.settled();                                      // a full run that carried out all that was planned
 *     await bridge.idp.patch(ana, { active: false });
 *     const proof = await bridge.proofOf("ana@acme.example");      // waits for it
 *     t.deepEqual(twin.violations(), []);
 *
 * Pushes are acted on by themselves, too, as in a daemon (debounce 50 ms): what a test waits for it looks for with `until`.
 * Settings beside `product` are those of `bridgeSettings` (test/support/bridge-process.ts) with `overrides` put over them.
 * `rosterbridge` as a process of its own, beside the running daemon: `runCommand(t, ["doctor"], { folder: bridge.folder })`.
 */
import type { ExecutionContext } from "ava";
import { loadConfig } from "../../src/config/load.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";
import { ConnectorError, RunInProgressError, UnknownSubjectError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { RunReport } from "../../src/engine/runs/run-report.ts";
import type { Services } from "../../src/engine/services.ts";
import type { Clock, Log } from "../../src/ports/ambient.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { productSchemas } from "../../src/runtime/connectors.ts";
import { startDaemon } from "../../src/runtime/daemon.ts";
import { bridgeFolder, bridgeSettings, DIRECTORY, type BridgeFolder } from "./bridge-process.ts";
import type { LogLine } from "./bridge.ts";
import { createScimClient, type ScimClient } from "./scim-client.ts";
import { until } from "./until.ts";

/** What a test sets up differently. */
export interface ProductBridgeOptions {
  /** Parts of the configuration beside `product`; each replaces the whole of its part. */
  readonly overrides?: JsonObject;
  /** For `{"env": "NAME"}` in the configuration. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The machine's own unless told. */
  readonly clock?: Clock;
}

/** A daemon, and whoever pushes to it. */
export interface ProductBridge {
  /** Base URL without a final slash. */
  readonly url: string;
  readonly folder: BridgeFolder;
  /** The IdP of the directory `acme`, whose people are on acme.example. */
  readonly idp: ScimClient;
  readonly services: Services;
  readonly log: readonly LogLine[];
  /** A full run for everybody now; waits for one under way. */
  run(): Promise<RunReport>;
  /** Runs until one run finds nothing more to do. Throws with what failed or was held when that takes more than a few. */
  settled(): Promise<RunReport>;
  /** The newest proof that this person was offboarded; waits until there is one. */
  proofOf(person: string): Promise<JsonObject>;
}

const NEVER = new AbortController().signal;
const DEBOUNCE = "50ms";
const MOST_RUNS = 6;

/** Starts a bridge to this product; it is stopped, and its files are removed, when the test ends. */
export async function startProductBridge(
  t: ExecutionContext,
  product: JsonObject,
  { overrides = {}, environment = {}, clock }: ProductBridgeOptions = {},
): Promise<ProductBridge> {
  const usual = bridgeSettings("http://127.0.0.1:1");
  const schedule = { ...(usual["schedule"] as JsonObject), debounce: DEBOUNCE };
  const folder = bridgeFolder(t, { ...usual, schedule, ...overrides, product });
  const { config } = loadConfig({
    path: folder.config,
    environment,
    cwd: folder.path,
    products: productSchemas,
    isCron: () => true,
  });
  const log: LogLine[] = [];
  const real = createAmbient(keep(log));
  const daemon = await startDaemon(config, { ...real, clock: clock ?? real.clock });
  // Before the folder is removed: what was torn down last was set up first.
  t.teardown(() => daemon.close());
  const { services } = daemon.bridge;
  const { token } = await services.tokens.create({
    scope: "scim",
    directory: DIRECTORY as DirectoryId,
    expiresInMs: null,
    author: "test",
  });
  const run = (): Promise<RunReport> => runWhenFree(services);
  return {
    url: daemon.url,
    folder,
    idp: createScimClient(daemon.url, token),
    services,
    log,
    run,
    settled: () => runUntilQuiet(run),
    proofOf: (person) =>
      until(
        `a proof for ${person}`,
        () => newestProof(services, person),
        () => lastLines(log),
      ),
  };
}

function runWhenFree({ reconciler }: Services): Promise<RunReport> {
  return until("a run", async () => {
    try {
      return await reconciler.run({ lane: "full", trigger: "cli", stop: NEVER });
    } catch (error) {
      // The daemon's own run is under way, or was cut short by a pause that the product asked for.
      if (error instanceof RunInProgressError) return null;
      if (error instanceof ConnectorError && error.reason === "rate-limited") return null;
      throw error;
    }
  });
}

async function runUntilQuiet(run: () => Promise<RunReport>): Promise<RunReport> {
  for (let count = 0; ; count += 1) {
    const report = await run();
    const { outcome, changed, failed, summary } = report;
    if (outcome === "done" && Object.keys(changed).length === 0) return report;
    if (count >= MOST_RUNS) {
      throw new Error(`No end of it: ${JSON.stringify({ outcome, changed, failed, held: summary.tally.held })}`);
    }
  }
}

async function newestProof({ proofs }: Services, person: string): Promise<JsonObject | undefined> {
  try {
    return (await proofs.of(person)).proofs[0]?.document;
  } catch (error) {
    if (error instanceof UnknownSubjectError) return undefined;
    throw error;
  }
}

function lastLines(log: readonly LogLine[]): string {
  return log
    .slice(-10)
    .map(
      ({ event, fields, error }) => `${event} ${JSON.stringify(fields)} ${error instanceof Error ? error.message : ""}`,
    )
    .join("\n");
}

function keep(lines: LogLine[]): Log {
  const write =
    (level: LogLine["level"]): Log["error"] =>
    (event, fields = {}, error) => {
      lines.push({ level, event, fields: { ...fields }, ...(error === undefined ? {} : { error }) });
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
