import { extname } from "node:path";
import { Option, type Command } from "commander";
import type { DirectoryId } from "../../domain/directory.ts";
import { UsageError } from "../../domain/errors.ts";
import type { ImportPlan, ImportReport } from "../../engine/import/import.ts";
import type { ImportFile, RowFault } from "../../engine/import/import-row.ts";
import type { ImportAction, PlannedRow } from "../../engine/import/judge-row.ts";
import { readImport, type ImportFormat } from "../../engine/import/read-import.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { attributeWords } from "../explanation/actor-words.ts";
import { withProgress } from "../progress.ts";
import { readText, refuseNoJson } from "../read-text.ts";
import { renderTable } from "../table.ts";
import type { Toolbox } from "../toolbox.ts";
import { documentText } from "../json-document.ts";

const LARGEST_FILE = 64 * 1024 * 1024;
/** Faults that are told one by one. */
const SHOWN_FAULTS = 50;
const NEXT = "What follows for the product: `rosterbridge plan`; a running daemon acts on it within seconds.";

interface ImportOptions {
  readonly config?: string;
  readonly directory: string;
  readonly format?: ImportFormat;
  readonly dryRun?: boolean;
  readonly skipInvalid?: boolean;
  readonly json?: boolean;
}

/** `import FILE --directory ID`: people without an IdP. */
export const importCommand: AddCommand = (parent, toolbox, exit) => {
  options(withConfig(parent.command("import"))).action(async (file: string, options: ImportOptions) => {
    const { directory: name, format, dryRun, skipInvalid, json } = options;
    const directory = knownDirectory(name, toolbox.loadSettings(options.config).directories);
    const content = contentOf(file, format ?? formatOf(file));
    await useServices(toolbox, options.config, async ({ imports }) => {
      const { interrupted } = toolbox;
      const { plan, report, isRefused } = await withProgress(toolbox, async ({ onProgress }) => {
        const plan = await imports.plan(directory, content, interrupted, onProgress);
        const isRefused = plan.faults.length > 0 && skipInvalid !== true;
        const isDone = dryRun !== true && !isRefused;
        const report = isDone ? await imports.carryOut(plan, "cli", interrupted, onProgress) : null;
        return { plan, report, isRefused };
      });
      exit(codeOf(plan, report, isRefused));
      if (json === true) return toolbox.terminal.print(documentText("import", toJson(plan, report)));
      tell(toolbox, plan, report, isRefused);
    });
  });
};

function options(command: Command): Command {
  return command
    .description("stages people from a file, as an IdP would; nobody leaves for not being in it, only by active=false")
    .argument("<file>", "CSV with a header, or JSON: an array of people, or a SCIM ListResponse")
    .requiredOption("-d, --directory <id>", "the directory that they belong to")
    .addOption(
      new Option("-f, --format <format>", "what the file is, where its name does not say").choices(["csv", "json"]),
    )
    .option("-n, --dry-run", "shows what would be staged, and stages nothing")
    .option("--skip-invalid", "stages the rows that are right though others are not")
    .option("--json", "prints JSON");
}

function knownDirectory(name: string, directories: readonly DirectoryId[]): DirectoryId {
  const known = directories.find((id) => id === name);
  if (known !== undefined) return known;
  throw new UsageError(`There is no directory "${name}": the configuration has ${directories.join(", ")}.`);
}

function formatOf(file: string): ImportFormat {
  const ending = extname(file).toLowerCase();
  if (ending === ".csv" || ending === ".json") return ending === ".csv" ? "csv" : "json";
  throw new UsageError(`${file} ends neither in .csv nor in .json: say --format csv or --format json.`);
}

function contentOf(file: string, format: ImportFormat): ImportFile {
  const text = readText(file, { what: "a list of people", most: LARGEST_FILE });
  if (format === "json" && text.trim() !== "") refuseNoJson(file, text);
  return readImport(text, format);
}

function codeOf(plan: ImportPlan, report: ImportReport | null, isRefused: boolean): number {
  if (isRefused) return EXIT.error;
  return plan.faults.length + (report?.failed.length ?? 0) > 0 ? EXIT.partial : EXIT.done;
}

function toJson({ directory, rows, faults, unnamed }: ImportPlan, report: ImportReport | null): object {
  const planned = rows.map(({ write: _write, known: _known, ...row }) => row);
  return { directory, isStaged: report !== null, rows: planned, faults, unnamed, report };
}

function tell({ terminal }: Toolbox, plan: ImportPlan, report: ImportReport | null, isRefused: boolean): void {
  const changing = plan.rows.filter(isChanging);
  if (report === null && changing.length > 0) {
    terminal.print(renderTable(["ROW", "", "PERSON", "CHANGES"], changing.map(toCells)));
    terminal.print("");
  }
  const faults = [...plan.faults, ...(report?.failed ?? [])];
  for (const fault of faults.slice(0, SHOWN_FAULTS)) terminal.warn(faultWords(fault));
  if (faults.length > SHOWN_FAULTS) terminal.warn(`… and ${faults.length - SHOWN_FAULTS} more; --json has them all.`);
  terminal.print(report === null ? `${summary(plan)}.` : `Staged: ${summary(plan)}.`);
  for (const line of remarks(plan, report)) terminal.print(line);
  if (isRefused) terminal.warn("Nothing was staged. Mend the rows, or say --skip-invalid to stage the others.");
}

function remarks({ rows, unnamed }: ImportPlan, report: ImportReport | null): readonly string[] {
  const failed = report?.failed.length ?? 0;
  const who = unnamed === 1 ? "1 person of this directory is" : `${unnamed} people of this directory are`;
  const stay = unnamed === 1 ? "it stays as it is" : "they stay as they are";
  return [
    ...(failed === 0 ? [] : [`${counted(failed, "row")} failed, and can be imported again.`]),
    ...(report !== null && rows.some(isChanging) ? [NEXT] : []),
    ...(unnamed === 0
      ? []
      : [`${who} not in the file: ${stay}. To let somebody leave, give them a row with active=false.`]),
  ];
}

function isChanging({ action, joins, quits }: PlannedRow): boolean {
  return action !== "unchanged" || joins.length + quits.length > 0;
}

const SIGNS: Readonly<Record<ImportAction, string>> = {
  create: "+ create",
  update: "~ update",
  leave: "- leave",
  return: "+ return",
  unchanged: "~ groups",
};

function toCells({ row, action, userName, attributes, joins, quits }: PlannedRow): readonly string[] {
  const shown = action === "create" ? [] : attributes.map(attributeWords);
  const words = [
    ...(shown.length === 0 ? [] : [shown.join(", ")]),
    ...(joins.length === 0 ? [] : [`joins ${joins.join(", ")}`]),
    ...(quits.length === 0 ? [] : [`quits ${quits.join(", ")}`]),
  ];
  return [String(row), SIGNS[action], safeText(userName), safeText(words.join(" · "))];
}

function faultWords({ row, column, message }: RowFault): string {
  return safeText(`Row ${row}${column === null ? "" : `, ${column}`}: ${message}.`.replace(/\.\.$/, "."));
}

function summary({ rows, faults }: ImportPlan): string {
  const count = (wanted: ImportAction): number => rows.filter(({ action }) => action === wanted).length;
  const unchanged = rows.filter((row) => !isChanging(row));
  const moved = count("unchanged") - unchanged.length;
  const parts = [
    [count("create"), "to create"],
    [count("update") + moved, "to update"],
    [count("return"), "to return"],
    [count("leave"), "to leave"],
    [unchanged.length, "unchanged"],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  const wrong = new Set(faults.map(({ row }) => row)).size;
  const rest = wrong === 0 ? [] : [`${counted(wrong, "row")} wrong`];
  return [...told, ...rest].join(", ") || "nobody";
}
