import { resolve } from "node:path";
import { counted, instantWords } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { withConfig, type AddCommand } from "../command.ts";
import { documentText } from "../json-document.ts";

/** `backup FILE`: a copy of the database, taken while the daemon goes on. */
export const backupCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("backup"))
    .description(
      "writes a copy of the database to a new file, checked and for its owner alone; a daemon goes on meanwhile",
    )
    .argument("<file>", "where to; a file that is there is never overwritten")
    .option("--json", "prints JSON")
    .action(async (file: string, { config, json }: { config?: string; json?: boolean }) => {
      const { terminal, ambient } = toolbox;
      const facts = await toolbox.backUp(config, resolve(file));
      if (json === true) return terminal.print(documentText("backup", { file: resolve(file), ...facts }));
      const { bytes, people, knownUntil } = facts;
      const until = knownUntil === null ? "" : `, up to ${instantWords(knownUntil, ambient.clock.now())}`;
      terminal.print(
        `Backed up: ${counted(people, "person", "people")}${until} (${sizeWords(bytes)}), checked and whole.`,
      );
      terminal.warn(safeText(`It names people and holds hashes of tokens: keep ${file} as you keep the database.`));
    });
};

function sizeWords(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
