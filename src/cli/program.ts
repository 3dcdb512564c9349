import { Command } from "commander";
import type { AddCommand, SetExitCode } from "./command.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { applyCommand } from "./commands/apply.ts";
import { approveCommand } from "./commands/approve.ts";
import { auditCommand } from "./commands/audit.ts";
import { backupCommand } from "./commands/backup.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { forgetCommand } from "./commands/forget.ts";
import { mappingCommand } from "./commands/mapping.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { planCommand } from "./commands/plan.ts";
import { proofCommand } from "./commands/proof.ts";
import { recipeCommand } from "./commands/recipe.ts";
import { releaseCommand } from "./commands/release.ts";
import { restoreCommand, resumeCommand } from "./commands/restore.ts";
import { runsCommand } from "./commands/runs.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { serveCommand } from "./commands/serve.ts";
import { statusCommand } from "./commands/status.ts";
import { tokenCommand } from "./commands/token.ts";
import { safeLines } from "./safe-lines.ts";
import type { Toolbox } from "./toolbox.ts";

const COMMANDS: readonly AddCommand[] = [
  initCommand,
  serveCommand,
  planCommand,
  applyCommand,
  approveCommand,
  releaseCommand,
  mappingCommand,
  tokenCommand,
  explainCommand,
  statusCommand,
  runsCommand,
  proofCommand,
  auditCommand,
  forgetCommand,
  alertsCommand,
  importCommand,
  backupCommand,
  restoreCommand,
  resumeCommand,
  configCommand,
  doctorCommand,
  recipeCommand,
  sandboxCommand,
  demoCommand,
  completionCommand,
];

/** The whole command line. Usage errors are thrown as CommanderError after commander has explained them. */
export function createProgram(toolbox: Toolbox, exit: SetExitCode): Command {
  const { terminal } = toolbox;
  const program = new Command("rosterbridge")
    .description(
      "Keeps a scheduling product in step with a company's directory: SCIM 2.0 in; accounts, seats, groups and bookings out.",
    )
    .version(toolbox.version)
    .showHelpAfterError("(add --help for what is allowed)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      // It quotes what was typed.
      writeErr: (text) => terminal.warn(safeLines(text.trimEnd())),
    });
  for (const add of COMMANDS) add(program, toolbox, exit);
  return program;
}
