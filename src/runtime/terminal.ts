import { fstatSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Terminal } from "../cli/terminal.ts";
import { createProgressLine, type BarStream, type BarTime } from "./progress-bar.ts";

/** A terminal that others write to, too. */
export interface SharedTerminal extends Terminal {
  /** To be called before anything is written to standard error by another way. */
  giveWay(): void;
}

const REAL_TIME: BarTime = {
  now: () => performance.now(),
  every(ms, work) {
    const timer = setInterval(work, ms).unref();
    return () => clearInterval(timer);
  },
};

/** Standard output or standard error; what only a terminal has is missing on a file or a pipe. */
export type Outlet = NodeJS.WritableStream & {
  readonly fd: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
};

/** What a process reads from and writes to. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The terminal, or the pipes, of a process: of this one unless told. */
export function createTerminal(streams: Streams = process, time: BarTime = REAL_TIME): SharedTerminal {
  const { stdin, stdout, stderr, env } = streams;
  const [isInteractive, isShown] = [stdout.isTTY === true, stderr.isTTY === true];
  // A reader that has seen enough (`| head`) is no fault of ours.
  for (const stream of [stdout, stderr]) stream.on("error", ignoreClosedPipe);
  // What cannot go back to the beginning of its line gets no bar.
  const bars: BarStream = env["TERM"] === "dumb" ? { write: () => undefined } : stderr;
  const { begin, giveWay, end } = createProgressLine(bars, time);
  const meetsBar = isShown && !isFile(stdout.fd);
  return {
    print(line) {
      if (meetsBar) giveWay();
      stdout.write(`${line}\n`);
    },
    warn(line) {
      giveWay();
      stderr.write(`${line}\n`);
    },
    progress: begin,
    giveWay,
    isInteractive,
    hasColour: hasColour(streams),
    columns: (isInteractive ? stdout.columns : undefined) ?? 120,
    canAsk: stdin.isTTY === true && isShown,
    ask(question) {
      end();
      return askFor(streams, `${question} `);
    },
    async confirm(question) {
      end();
      return /^y(es)?$/i.test((await askFor(streams, `${question} [y/N] `)) ?? "");
    },
  };
}

function hasColour({ stdout, env }: Streams): boolean {
  return stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "" && stdout.hasColors?.() === true;
}

/** One line from the keyboard; null when it ends before (Ctrl-D, Ctrl-C): a question that is closed is never answered. */
function askFor({ stdin, stderr }: Streams, question: string): Promise<string | null> {
  const prompt = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve) => {
    prompt.once("close", () => resolve(null));
    prompt.question(question, (answer) => {
      resolve(answer.trim());
      prompt.close();
    });
  });
}

/** What goes to a file does not come by the screen; what goes to a pipe may, in the end. */
function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function ignoreClosedPipe(error: Error): void {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
}
