import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { startCommand } from "./command-process.ts";
import type { CommandProcess, Exit } from "./command-process.ts";
import { SANDBOX_TOKEN } from "./sandbox.ts";
import { until } from "./until.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** Once a year: full runs are those at the start, and those that a test asks for. */
const HARDLY_EVER = "0 0 1 1 *";

/** The directory in `bridgeSettings`. */
export const DIRECTORY = "acme";

/** Settings for a bridge of a test: any free port, a quick debounce, everything allowed, two departments with groups. */
export function bridgeSettings(productUrl: string, overrides: JsonObject = {}): JsonObject {
  return {
    server: { host: "127.0.0.1", port: 0 },
    database: { client: "sqlite3", filename: "./data/rosterbridge.db" },
    directories: [{ id: DIRECTORY, kind: "generic", verifiedDomains: ["acme.example"] }],
    product: { connector: "sandbox", baseUrl: productUrl, token: SANDBOX_TOKEN },
    mode: "full",
    schedule: { full: HARDLY_EVER, debounce: "100ms" },
    mapping: {
      initial: {
        groups: {
          rules: [{ attribute: `${ENTERPRISE}:department`, values: { Sales: "Sales EMEA", Support: "Support" } }],
        },
      },
    },
    ...overrides,
  };
}

/** A schedule under which a daemon acts on no push while a test lasts: runs are up to the command line. */
export const QUIET = { full: HARDLY_EVER, debounce: "60s" } as const;

/** A folder with a configuration and, once something was started in it, a database. */
export interface BridgeFolder {
  readonly path: string;
  /** Path of the configuration. */
  readonly config: string;
  /** Path of the database. */
  readonly database: string;
  /** Writes other settings, for processes that start from now on. */
  configure(settings: JsonObject): void;
}

/** Makes a temporary folder with these settings; it is removed when the test ends. */
export function bridgeFolder(t: ExecutionContext, settings: JsonObject): BridgeFolder {
  const path = mkdtempSync(join(tmpdir(), "rosterbridge-e2e-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  const config = join(path, "sync.config.json");
  const configure = (next: JsonObject): void => writeFileSync(config, JSON.stringify(next, null, 2));
  configure(settings);
  return { path, config, database: join(path, "data", "rosterbridge.db"), configure };
}

/** One line of a daemon's log. */
export interface LogLine {
  readonly [field: string]: unknown;
  readonly event: string;
}

/** A daemon that takes pushes. */
export interface BridgeProcess extends CommandProcess {
  /** Base URL without a final slash. */
  readonly url: string;
  log(): readonly LogLine[];
  /** Resolves with the first line that fits, looked for from line `from` on. */
  logged(fits: (line: LogLine) => boolean, from?: number): Promise<LogLine>;
  /** Resolves when the full run with which a daemon begins has ended, well or not. */
  firstRun(): Promise<LogLine>;
  /** Asks it to stop, and resolves when it has. */
  stop(): Promise<Exit>;
}

/** Starts `rosterbridge serve` in a folder and waits until it takes pushes. */
export async function startBridge(
  t: ExecutionContext,
  folder: BridgeFolder,
  environment: Readonly<Record<string, string>> = {},
): Promise<BridgeProcess> {
  const command = startCommand(t, ["serve"], { folder, environment });
  const [, url = ""] = await command.says(/"url":"(http:[^"]+)"/);
  const log: BridgeProcess["log"] = () => {
    const lines = command.output().split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogLine);
  };
  const logged: BridgeProcess["logged"] = (fits, from = 0) =>
    until(
      "a line in the log",
      () => log().slice(from).find(fits),
      () => command.output(),
    );
  return {
    ...command,
    url,
    log,
    logged,
    firstRun: () =>
      logged(({ event, lane }) => lane === "full" && (event === "run.finished" || event === "run.failed")),
    async stop() {
      command.signal("SIGTERM");
      return command.exited;
    },
  };
}
