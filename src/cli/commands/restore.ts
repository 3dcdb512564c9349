import { resolve } from "node:path";
import { UsageError } from "../../domain/errors.ts";
import { counted, instantWords } from "../../planning/rendering/change-words.ts";
import type { BackupFacts, RestoreReport } from "../../ports/backup.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import type { Toolbox } from "../toolbox.ts";
import { toReason } from "../reason-option.ts";
import { documentText } from "../json-document.ts";

interface RestoreOptions {
  readonly config?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `restore FILE`: a backup in the place of the database. */
export const restoreCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("restore"))
    .description("puts a backup in the place of the database, which is kept beside it; changes are held until `resume`")
    .argument("<file>", "a file that `rosterbridge backup` made")
    .option("-y, --yes", "does not ask")
    .option("--json", "prints JSON")
    .action(async (file: string, { config, yes, json }: RestoreOptions) => {
      const agree = (facts: BackupFacts): Promise<boolean> => ask(toolbox, facts, yes === true);
      const report = await toolbox.restore(config, resolve(file), agree);
      if (json === true)
        return toolbox.terminal.print(documentText("restore", { restored: report !== null, ...report }));
      for (const line of sentences(report)) toolbox.terminal.print(line);
    });
};

async function ask({ terminal, ambient }: Toolbox, facts: BackupFacts, isSaid: boolean): Promise<boolean> {
  const { people, knownUntil } = facts;
  const until = knownUntil === null ? "nothing" : `everything up to ${instantWords(knownUntil, ambient.clock.now())}`;
  terminal.warn(`This backup holds ${counted(people, "person", "people")} and knows of ${until}.`);
  if (isSaid) return true;
  if (!terminal.canAsk)
    throw new UsageError("Nobody can be asked here: say --yes to put it in the place of the database.");
  return terminal.confirm("Put it in the place of the database?");
}

function sentences(report: RestoreReport | null): readonly string[] {
  if (report === null) return ["Nothing was changed."];
  const { replaced, keptTokens } = report;
  return [
    replaced === null ? "Restored." : `Restored. The former database is kept: ${replaced}`,
    keptTokens
      ? "Tokens are as they were before this: none that was revoked since the backup is good again."
      : "Tokens are those of the backup: revoke those that were revoked since, `rosterbridge token list` shows them.",
    "",
    "What happened since the backup is not known any more, so that changes are held; only whoever leaves from now on is shut out. What to do:",
    "  1. Start the daemon, and let the IdP send everybody again (Okta: Force Sync; Entra: Restart provisioning).",
    "  2. Look at what would be done: rosterbridge plan",
    '  3. Let the bridge act on it: rosterbridge resume --reason "…"',
  ];
}

/** `resume --reason TEXT`: ends what a restore holds. */
export const resumeCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("resume"))
    .description("after a restore: lets the bridge act again on what it knows; look at `plan` first")
    .requiredOption("-r, --reason <text>", "why; kept in the audit log", toReason)
    .action(async ({ config, reason }: { config?: string; reason: string }) => {
      await useServices(toolbox, config, (services) => services.resumption.resume({ author: "cli", reason }));
      toolbox.terminal.print("Resumed: nothing is held because of the restore any more.");
      toolbox.terminal.warn("A running daemon makes a full run within seconds; `rosterbridge apply` does so now.");
    });
};
