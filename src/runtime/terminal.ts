import process from "node:process";
import { createInterface } from "node:readline/promises";
import type { Terminal } from "../cli/terminal.ts";

/** The terminal, or the pipes, of this process. */
export function createTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // A reader that has seen enough (`| head`) is no fault of ours.
  for (const stream of [stdout, stderr]) stream.on("error", ignoreClosedPipe);
  return {
    print: (line) => void stdout.write(`${line}\n`),
    warn: (line) => void stderr.write(`${line}\n`),
    isInteractive: stdout.isTTY,
    hasColour: stdout.isTTY && env["NO_COLOR"] === undefined && stdout.hasColors(),
    columns: stdout.isTTY ? stdout.columns : 120,
    canAsk: stdin.isTTY && stderr.isTTY,
    async confirm(question) {
      const prompt = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
      } finally {
        prompt.close();
      }
    },
  };
}

function ignoreClosedPipe(error: Error): void {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
}
