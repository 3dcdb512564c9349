import { UsageError } from "../../domain/errors.ts";
import { createSandbox } from "../../sandbox/sandbox.ts";
import { parseSeed, SeedError } from "../../sandbox/seed.ts";
import type { AddCommand } from "../command.ts";
import { readJson } from "../read-text.ts";
import { toPort } from "../port-option.ts";
import { addSeats } from "../seats-option.ts";
import type { Toolbox } from "../toolbox.ts";

/** Requests under way when it is stopped are answered within this time; milliseconds. */
const ANSWER_DEADLINE_MS = 2_000;

const SEED = { what: "a seed", most: 64 * 1024 * 1024 };

interface SandboxOptions {
  readonly host: string;
  readonly port: number;
  readonly seats?: Readonly<Record<string, number>>;
  readonly seed?: string;
}

/** `sandbox`: serves the bundled scheduling product until it is stopped. */
export const sandboxCommand: AddCommand = (parent, toolbox) => {
  parent
    .command("sandbox")
    .description("serves the bundled scheduling product, for trying things out; everything is lost when it stops")
    .option("--port <number>", "where it listens; 0 takes any free port", toPort, 8090)
    .option("--host <address>", "on which address", "127.0.0.1")
    .option("--seats <pool=number>", "size of a seat pool; may be repeated; standard=50 without", addSeats)
    .option("--seed <file>", "JSON with the groups, members and bookings to begin with")
    .action((options: SandboxOptions) => serveSandbox(toolbox, options));
};

async function serveSandbox(toolbox: Toolbox, options: SandboxOptions): Promise<void> {
  const { terminal, ambient } = toolbox;
  const given = toolbox.environment("SANDBOX_TOKEN") || undefined;
  const token = given ?? `sandbox-${ambient.newId()}`;
  const { clock, newId } = ambient;
  const seats = options.seats === undefined ? {} : { seats: options.seats };
  const sandbox = explainingSeed(options.seed ?? "The seed", () => {
    const seed = options.seed === undefined ? {} : { seed: parseSeed(readJson(options.seed, SEED)) };
    return createSandbox({ token, clock, newId, ...seats, ...seed });
  });
  const listening = await sandbox.listen({ host: options.host, port: options.port, portSetting: "--port" });
  terminal.print(`The sandbox listens on ${listening.url}`);
  if (given === undefined)
    terminal.print(`SANDBOX_TOKEN is not set, so it takes this one:\n\n  export SANDBOX_TOKEN=${token}\n`);
  await new Promise<void>((resolve) => {
    if (toolbox.interrupted.aborted) resolve();
    toolbox.interrupted.addEventListener("abort", () => resolve());
  });
  await listening.close(ANSWER_DEADLINE_MS);
}

/** A seed may be wrong by itself, or contradict itself once it is planted. */
function explainingSeed<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SeedError)) throw error;
    const problems = error.problems.map(({ path, message }) => `  ${path === "" ? "(root)" : path}: ${message}`);
    throw new UsageError(`${file} cannot be planted:\n${problems.join("\n")}`, { cause: error });
  }
}
