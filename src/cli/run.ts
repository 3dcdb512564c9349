import { CommanderError } from "commander";
import { BridgeError, ConnectorError } from "../domain/errors.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { safeLines } from "./safe-lines.ts";
import type { Toolbox } from "./toolbox.ts";

const ASK_DOCTOR = "`rosterbridge doctor` looks at what is wrong.";

/** Runs one command line (without `node` and the script) and resolves to its exit code; never rejects. */
export async function runCli(args: readonly string[], toolbox: Toolbox): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(toolbox, (exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its own message; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    // Whatever broke off because the user asked for it is no fault of anybody's.
    if (toolbox.interrupted.aborted) {
      toolbox.terminal.warn("rosterbridge: stopped.");
      return EXIT.error;
    }
    toolbox.terminal.warn(messageOf(error));
    if (!(error instanceof BridgeError)) toolbox.ambient.log.error("command.failed", {}, error);
    return exitCodeOf(error);
  }
}

function messageOf(error: unknown): string {
  // Messages quote what files and arguments hold.
  if (error instanceof ConnectorError)
    return safeLines(`rosterbridge: ${error.message.replace(/[.]?$/, ".")} ${ASK_DOCTOR}`);
  if (error instanceof BridgeError) return safeLines(`rosterbridge: ${error.message}`);
  return 'rosterbridge: an unexpected error. Set log.level to "debug" and try again; the log names the place.';
}
