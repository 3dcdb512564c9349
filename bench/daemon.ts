import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { profileFlags } from "./children.ts";
import type { Place } from "./company.ts";
import { cpuMs, residentBytes } from "./process-stat.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PATIENCE_MS = 120_000;

/** The daemon as people start it: `rosterbridge serve` in a process of its own, its log in a file. */
export interface DaemonProcess {
  readonly url: string;
  /** From the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number;
  /** Resolves when the daemon has ended the full run that it begins with. */
  firstRun(): Promise<void>;
  /** As in process-stat.ts. */
  residentBytes(): Promise<number>;
  cpuMs(): Promise<number>;
  /** Sends SIGTERM, and resolves with how long the process took to end. Throws unless it ended with 0. */
  stop(): Promise<number>;
}

/** Starts the daemon of a place, and resolves when it is ready. */
export async function startDaemonProcess(place: Place, profileTo: string | null): Promise<DaemonProcess> {
  const logFile = join(place.folder, "serve.log");
  const log = await open(logFile, "w");
  const startMs = performance.now();
  const flags = profileFlags(profileTo, "serve");
  const child = spawn(process.execPath, [...flags, "src/main.ts", "serve", "--config", place.configFile], {
    cwd: ROOT,
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const exited = once(child, "exit");
  // A measurement that breaks off must not leave a daemon behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const said = async (event: string): Promise<Readonly<Record<string, unknown>>> => {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 5) {
      if (child.exitCode !== null) throw new Error(`The daemon ended: ${await readFile(logFile, "utf8")}`);
      const line = (await readFile(logFile, "utf8")).split("\n").find((one) => one.includes(`"event":"${event}"`));
      if (line !== undefined) return JSON.parse(line) as Readonly<Record<string, unknown>>;
      await delay(5);
    }
    throw new Error(`The daemon did not say ${event}.`);
  };
  const url = String((await said("server.listening"))["url"]);
  await untilReady(url);
  const readyMs = performance.now() - startMs;
  return {
    url,
    readyMs,
    firstRun: async () => void (await said("run.finished")),
    residentBytes: () => residentBytes(child.pid ?? 0),
    cpuMs: () => cpuMs(child.pid ?? 0),
    async stop() {
      const askedMs = performance.now();
      child.kill("SIGTERM");
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`The daemon ended with ${String(code)}: ${await readFile(logFile, "utf8")}`);
      return performance.now() - askedMs;
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 5) {
    const status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await delay(5);
  }
  throw new Error("The daemon did not become ready.");
}
