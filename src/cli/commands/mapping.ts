import type { Command } from "commander";
import { UsageError } from "../../domain/errors.ts";
import { readMapping, testMapping } from "../../engine/mapping/check-mapping.ts";
import type { MappingEntry } from "../../engine/mapping/mapping-edits.ts";
import { safeJson, safeText } from "../../planning/rendering/safe-text.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { useServices, withConfig, type AddCommand, type SetExitCode } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { previewFile } from "../mapping/preview-file.ts";
import { rollBack, saveFile, type SaveOptions } from "../mapping/save-mapping.ts";
import { testLines } from "../mapping/test-lines.ts";
import { readMappingFile } from "../read-mapping.ts";
import { renderTable } from "../table.ts";
import type { Toolbox } from "../toolbox.ts";
import { toReason } from "../reason-option.ts";
import { documentText, listText } from "../json-document.ts";

const MOST = 1_000;

interface DataOptions {
  readonly config?: string;
  readonly json?: true;
}

/** `mapping show|set|preview|test|history|rollback`: which person should have what. */
export const mappingCommand: AddCommand = (parent, toolbox, exit) => {
  const mapping = parent.command("mapping").description("which person gets which account, groups and seat");
  addShow(mapping, toolbox);
  addSet(mapping, toolbox);
  addPreview(mapping, toolbox);
  addTest(mapping, toolbox, exit);
  addHistory(mapping, toolbox);
  addRollback(mapping, toolbox);
};

function addShow(mapping: Command, toolbox: Toolbox): void {
  withConfig(mapping.command("show"))
    .description("the mapping in force, as JSON that can be edited; what is known of it goes to standard error")
    .argument("[version]", "an older one, as `mapping history` lists them", toVersion)
    .option("--json", "prints version, tag, author, reason and time along with the document")
    .action(async (version: number | undefined, { config, json }: DataOptions) => {
      await useServices(toolbox, config, async ({ mappingEdits }) => {
        const { terminal } = toolbox;
        const shown = await mappingEdits.show(version);
        if (json === true) return terminal.print(documentText("mapping", shown));
        terminal.print(JSON.stringify(shown.document, null, 2));
        const { tag, savedAt, author, reason, source } = shown;
        terminal.warn(safeText(`Mapping v${shown.version} (tag ${tag}), saved ${savedAt} by ${author}: ${reason}`));
        terminal.warn(
          source === "file"
            ? "The configuration file rules it: edit mapping.initial there."
            : "To edit it: keep the JSON in a file, change it, `rosterbridge mapping preview FILE`, then `mapping set FILE`.",
        );
      });
    });
}

function addSet(mapping: Command, toolbox: Toolbox): void {
  withSaving(mapping.command("set").argument("<file>", "the whole mapping, as JSON"))
    .description("saves a mapping as the next version; only if its own tests hold, and nobody saved another one since")
    .action(async (file: string, options: SaveOptions) => {
      const document = readMappingFile(file);
      await useServices(toolbox, options.config, ({ mappingEdits }) =>
        saveFile(toolbox, mappingEdits, { file, document }, options),
      );
    });
}

function withSaving(command: Command): Command {
  return withConfig(command)
    .requiredOption("-r, --reason <text>", "why; kept in the history and in the audit log", toReason)
    .option("-e, --expect <version>", "saves only if this version, or tag, is still the one in force; else exits 3")
    .option("-y, --yes", "does not ask where groups become the bridge's")
    .option("--json", "prints what was saved as JSON");
}

function addPreview(mapping: Command, toolbox: Toolbox): void {
  withConfig(mapping.command("preview"))
    .description("what an edit would change for whom, beside the saved mapping; saves and writes nothing")
    .argument("<file>", "the whole mapping, as JSON")
    .option("-n, --limit <count>", "how many people are shown", toLimit, 50)
    .option("--all", "shows everybody for whom something changes")
    .option("--staged", "asks the product nothing: compares what is staged alone")
    .option("--json", "prints JSON")
    .action(async (file: string, options: DataOptions & { limit: number; all?: true; staged?: true }) => {
      const document = readMappingFile(file);
      await useServices(toolbox, options.config, ({ mappingEdits }) =>
        previewFile(toolbox, mappingEdits, { file, document }, options),
      );
    });
}

function addTest(mapping: Command, { terminal }: Toolbox, exit: SetExitCode): void {
  mapping
    .command("test")
    .description("checks a mapping and runs the tests inside it; needs no configuration, and saves nothing")
    .argument("<file>", "the whole mapping, as JSON")
    .option("--json", "prints JSON")
    .action((file: string, { json }: DataOptions) => {
      const read = readMapping(readMappingFile(file));
      const result = testMapping(read);
      if (json === true) terminal.print(safeJson({ format: "rosterbridge.mapping-test/1", ...result }));
      else for (const line of testLines(file, result)) terminal.print(line);
      if (result.failures.length > 0) exit(EXIT.config);
    });
}

function addHistory(mapping: Command, toolbox: Toolbox): void {
  withConfig(mapping.command("history"))
    .description("the versions of the mapping, the newest first")
    .option("-n, --limit <count>", "how many are listed", toLimit, 20)
    .option("--before <version>", "only those before this version", toVersion)
    .option("--json", "prints JSON")
    .action(async ({ config, json, limit, before }: DataOptions & { limit: number; before?: number }) => {
      await useServices(toolbox, config, async ({ mappingEdits }) => {
        const entries = await mappingEdits.history(before ?? null, limit);
        toolbox.terminal.print(json === true ? listText(entries) : historyTable(entries, limit));
      });
    });
}

function historyTable(entries: readonly MappingEntry[], limit: number): string {
  const rows = entries.map(({ version, savedAt, author, reason }) => [
    `v${version}`,
    savedAt,
    safeText(author),
    safeText(reason),
  ]);
  const last = entries.at(-1)?.version ?? 1;
  const more =
    entries.length < limit || last === 1 ? "" : `\n${counted(last - 1, "older version")}: --before ${last} lists them.`;
  return entries.length === 0
    ? "There is no version before that one."
    : `${renderTable(["VERSION", "SAVED", "BY", "REASON"], rows)}${more}`;
}

function addRollback(mapping: Command, toolbox: Toolbox): void {
  withSaving(mapping.command("rollback").argument("<version>", "as `mapping history` lists them", toVersion))
    .description("saves what an older version said as the next version; none is ever lost")
    .action(async (version: number, options: SaveOptions) => {
      await useServices(toolbox, options.config, ({ mappingEdits }) =>
        rollBack(toolbox, mappingEdits, version, options),
      );
    });
}

function toVersion(text: string): number {
  const version = /^v?(\d{1,9})$/.exec(text)?.[1];
  if (version === undefined || Number(version) < 1) {
    throw new UsageError(`${JSON.stringify(text)} is no version: write it as 3 or v3; \`mapping history\` lists them.`);
  }
  return Number(version);
}

function toLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw new UsageError(`--limit ${text} is no number from 1 to ${MOST}.`);
  return limit;
}
