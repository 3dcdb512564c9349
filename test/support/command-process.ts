import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { until } from "./until.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const MAIN = join(ROOT, "src", "main.ts");
const SHOWN_OF_OUTPUT = 4_000;

/** How a process ended: `code` is null when a signal ended it, and the reverse. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command of `rosterbridge` that runs as a process of its own. */
export interface CommandProcess {
  readonly pid: number;
  /** Standard output so far. */
  output(): string;
  /** Standard error so far. */
  errors(): string;
  /** Resolves once standard output holds this; rejects when the process ends, or takes too long, without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it has ended and the last of its output is in. */
  readonly exited: Promise<Exit>;
}

/** Where a command runs. `folder` is the working directory; a configuration is found by ROSTERBRIDGE_CONFIG. */
export interface CommandOptions {
  readonly folder?: { readonly path: string; readonly config: string };
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `rosterbridge <args>`; it is killed, by its own id, when the test ends. */
export function startCommand(
  t: ExecutionContext,
  args: readonly string[],
  { folder, environment = {} }: CommandOptions = {},
): CommandProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder?.path ?? tmpdir(),
    env: {
      PATH: process.env["PATH"],
      ...speedOrCoverage(),
      ...(folder === undefined ? {} : { ROSTERBRIDGE_CONFIG: folder.config }),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = gather(child.stdout);
  const errors = gather(child.stderr);
  const exited = untilClosed(child);
  t.teardown(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  if (child.pid === undefined) throw new Error("The command could not be started.");
  const describe = (): string => `It said:\n${output().slice(-SHOWN_OF_OUTPUT)}\n${errors()}`;
  return {
    pid: child.pid,
    exited,
    output,
    errors,
    signal: (name) => void child.kill(name),
    says: (pattern) =>
      until(
        String(pattern),
        () => {
          const found = pattern.exec(output());
          const hasEnded = child.exitCode !== null || child.signalCode !== null;
          if (found === null && hasEnded) throw new Error(`It ended before it said ${String(pattern)}. ${describe()}`);
          return found;
        },
        describe,
      ),
  };
}

/** A command that has run to its end. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs `rosterbridge <args>` to its end. */
export async function runCommand(
  t: ExecutionContext,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const command = startCommand(t, args, options);
  const { code } = await command.exited;
  return { code, output: command.output(), errors: command.errors() };
}

/** Compiled sources are kept between processes, which halves their start; where coverage is taken, that is passed on. */
function speedOrCoverage(): Readonly<Record<string, string>> {
  const coverage = process.env["NODE_V8_COVERAGE"];
  return coverage === undefined
    ? { NODE_COMPILE_CACHE: join(ROOT, "node_modules", ".cache", "rosterbridge-tests") }
    : { NODE_V8_COVERAGE: coverage };
}

async function untilClosed(child: ChildProcess): Promise<Exit> {
  // "close" comes after the last of the output, unlike "exit".
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => chunks.push(chunk));
  return () => chunks.join("");
}
