import type { Command } from "commander";
import type { Services } from "../engine/services.ts";
import type { Toolbox } from "./toolbox.ts";

/** How a command tells its exit code; without a word it is 0. */
export type SetExitCode = (code: number) => void;

/** A sub-command adds itself to its parent, so that it inherits how errors and output are handled. */
export type AddCommand = (parent: Command, toolbox: Toolbox, exit: SetExitCode) => void;

/** `--config FILE`, as every command that reads the configuration takes it. */
export function withConfig(command: Command): Command {
  return command.option(
    "-c, --config <file>",
    "configuration file (else ROSTERBRIDGE_CONFIG, else ./sync.config.json)",
  );
}

/** Opens the use cases for one command and closes them after it, whatever happens. */
export async function useServices<T>(
  toolbox: Toolbox,
  configPath: string | undefined,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const { services, close } = await toolbox.open(configPath);
  try {
    return await work(services);
  } finally {
    await close();
  }
}
