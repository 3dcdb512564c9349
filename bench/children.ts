import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { cpuMs } from "./process-stat.ts";

/** Flags that make Node leave a CPU profile in a folder when it ends; none without a folder. */
export function profileFlags(profileTo: string | null, name: string): readonly string[] {
  if (profileTo === null) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${profileTo}`, `--cpu-prof-name=${name}.${String(Date.now())}.cpuprofile`];
}

/** Runs a script of this folder in a process of its own, and resolves with the one message it sends. Throws when it ends without. */
export async function runChild<T>(script: string, input: unknown, flags: readonly string[] = []): Promise<T> {
  const child = start(script, input, flags);
  let answer: { readonly value: T } | undefined;
  child.on("message", (value) => {
    answer = { value: value as T };
  });
  const code = await ended(child);
  if (answer === undefined || code !== 0) throw new Error(`bench/${script} ended with ${String(code)} and no answer.`);
  return answer.value;
}

/** A server of this folder in a process of its own. */
export interface ServerChild {
  readonly url: string;
  /** As in process-stat.ts. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a script that sends its address once it listens. */
export async function startServer(script: string, input: unknown): Promise<ServerChild> {
  const child = start(script, input, []);
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve(message as string));
    child.once("exit", (code) => reject(new Error(`bench/${script} ended with ${String(code)} before it listened.`)));
  });
  return {
    url,
    cpuMs: () => cpuMs(child.pid ?? 0),
    async stop() {
      child.kill("SIGKILL");
      await ended(child);
    },
  };
}

/** Tells the parent where a server script listens; the script ends when the parent does. */
export function answerAddress(server: Server): void {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A server of the bench listens on a port.");
  process.once("disconnect", () => process.exit());
  answerParent(`http://127.0.0.1:${address.port}`);
}

/** What a script was started with. */
export function childInput<T>(): T {
  return JSON.parse(process.argv[2] ?? "null") as T;
}

/** Sends the one answer of a script. */
export function answerParent(message: unknown): void {
  process.send?.(message);
}

/** As the image starts the bridge (see Dockerfile): Node would rather keep garbage than collect it. */
const IN_THE_IMAGE = { NODE_OPTIONS: "--max-semi-space-size=8", MALLOC_ARENA_MAX: "2" };

function start(script: string, input: unknown, flags: readonly string[]): ChildProcess {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return fork(file, [JSON.stringify(input)], {
    env: { ...process.env, ...IN_THE_IMAGE },
    execArgv: [...flags],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  if (child.signalCode !== null) return null;
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}
