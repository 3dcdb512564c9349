import { Option, type Command } from "commander";
import type { Instant } from "../../domain/brand.ts";
import { UsageError } from "../../domain/errors.ts";
import type { AuditBreak, AuditReport } from "../../engine/audit-walk.ts";
import { counted, instantWords } from "../../planning/rendering/change-words.ts";
import type { ChainPoint } from "../../ports/records.ts";
import { auditLines, type AuditFormat } from "../../engine/audit-lines.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand, type SetExitCode } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withProgress } from "../progress.ts";
import { planStyle } from "../style.ts";
import { parseTimeOption } from "../time-option.ts";
import type { Toolbox } from "../toolbox.ts";
import { refuseTaken, writeLines } from "../write-lines.ts";
import { documentText } from "../json-document.ts";

/** `audit verify|export`. */
export const auditCommand: AddCommand = (parent, toolbox, exit) => {
  const audit = parent.command("audit").description("the audit log: who did what, as a chain of hashes");
  addVerify(audit, toolbox, exit);
  addExport(audit, toolbox);
};

interface VerifyOptions {
  readonly config?: string;
  readonly expect?: string;
  readonly json?: boolean;
}

function addVerify(audit: Command, toolbox: Toolbox, exit: SetExitCode): void {
  withConfig(audit.command("verify"))
    .description("walks the whole chain, and names the first row at which it is not what was written; exit 1 then")
    .option("-e, --expect <end>", "an end that an earlier verify printed: finds out what was cut off or made anew")
    .option("--json", "prints JSON")
    .action(async (options: VerifyOptions) => {
      const { terminal, ambient } = toolbox;
      const expected = options.expect === undefined ? null : parseEnd(options.expect);
      await useServices(toolbox, options.config, async (services) => {
        const report = await withProgress(toolbox, ({ onProgress }) =>
          services.audit.verify(expected, toolbox.interrupted, onProgress),
        );
        if (report.broken !== null) exit(EXIT.error);
        if (options.json === true)
          return terminal.print(documentText("audit-check", { whole: report.broken === null, ...report }));
        const { title, remove } = planStyle(terminal);
        const [first = "", ...others] = verdict(report, ambient.clock.now());
        terminal.print(report.broken === null ? title(first) : remove(first));
        for (const line of others) terminal.print(line);
      });
    });
}

/** `<sequence>:<hash>`, as `verify` prints it. */
function parseEnd(text: string): ChainPoint {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined || Number(sequence) === 0)
    throw new UsageError(
      `--expect ${text} is no end of a chain: take what \`rosterbridge audit verify\` prints as one.`,
    );
  return { sequence: Number(sequence), hash };
}

function verdict(report: AuditReport, now: Instant): readonly string[] {
  const { rows, end, broken } = report;
  if (broken !== null) return [breakWords(broken), "", ...soundPart(report, now), "", ...ADVICE];
  if (end === null) return ["The audit log is whole: it has no rows yet."];
  return [
    `The audit log is whole: ${counted(rows, "row")}, ${timeWords(report, now)}.`,
    ...startLines(report, now),
    ...erasedLines(report),
    ...uncheckedLines(report),
    "",
    "Rows that are cut off at the end leave a chain that is whole. Keep this line elsewhere, and run it later to find out:",
    "",
    `  rosterbridge audit verify --expect ${end.sequence}:${end.hash}`,
  ];
}

function startLines({ start }: AuditReport, now: Instant): readonly string[] {
  if (start === null) return [];
  return [
    `Retention deleted the rows before ${start.sequence + 1}, the last of ${instantWords(start.at, now)}; a later row tells of it.`,
  ];
}

function erasedLines({ erased }: AuditReport): readonly string[] {
  if (erased === 0) return [];
  const lack = erased === 1 ? "1 row lacks a reason that was" : `${counted(erased, "row")} lack reasons that were`;
  return [`${lack} erased with somebody's personal data; later rows tell of it, and vouch for what is left.`];
}

function uncheckedLines({ unchecked }: AuditReport): readonly string[] {
  if (unchecked === null) return [];
  return [`Row ${unchecked.sequence}, the end that you noted, was deleted by retention: take the one below instead.`];
}

function breakWords({ kind, sequence }: AuditBreak): string {
  const where = `The audit log is broken at row ${sequence}:`;
  switch (kind) {
    case "missing":
      return `${where} this row is gone.`;
    case "altered":
      return `${where} what it says, its hash or its place is not what was written.`;
    case "erased":
      return `${where} what it said was erased, and no later row tells who did it.`;
    case "cut-off":
      return `${where} the log ends before this row, which was once its end.`;
    case "rewritten":
      return `${where} the log was made anew since this row was noted as its end.`;
  }
}

function soundPart(report: AuditReport, now: Instant): readonly string[] {
  const { rows, broken, start } = report;
  // A log that was made anew up to the noted row may have been so from its first row on.
  if (broken?.kind === "rewritten") return ["No row up to this one can be relied on."];
  if (rows === 0) return ["No row can be relied on."];
  const first = (start?.sequence ?? 0) + 1;
  const those = rows === 1 ? `Row ${first} is` : `Rows ${first} to ${first + rows - 1} are`;
  if (broken?.kind === "erased") return [`But for that, ${those.toLowerCase()} as written, ${timeWords(report, now)}.`];
  const sound = `${those} as written, ${timeWords(report, now)}.`;
  return broken?.kind === "cut-off" ? [sound] : [sound, "What stands behind them cannot be relied on."];
}

function timeWords({ rows, from, to }: AuditReport, now: Instant): string {
  if (from === null || to === null) return "";
  return rows === 1 ? `of ${instantWords(from, now)}` : `from ${instantWords(from, now)} to ${instantWords(to, now)}`;
}

const ADVICE = [
  "Rosterbridge only ever adds rows: something else wrote to the database, or the disk is failing. What to do:",
  "  1. Copy the database as it is, for whoever looks into it.",
  "  2. Find a backup that `rosterbridge audit verify` finds whole, and compare: `rosterbridge audit export` of both.",
  "  3. Find out who could write to the file, and look at the health of the disk.",
];

interface ExportOptions {
  readonly config?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly format: AuditFormat;
  readonly since?: string;
  readonly until?: string;
  readonly person?: string;
  readonly filter?: string;
}

function addExport(audit: Command, toolbox: Toolbox): void {
  withConfig(audit.command("export"))
    .description("the rows as they are kept, oldest first, each with its place in the chain and its hash")
    .option("-o, --out <file>", "writes them to a file, which is there once it is whole")
    .option("--force", "writes over a file that is there")
    .addOption(new Option("-f, --format <format>", "how they are written").choices(["jsonl", "csv"]).default("jsonl"))
    .option("--since <time>", "from then on: 2026-11-01, 2026-11-01T09:30:00Z, or 7d for the last seven days")
    .option("--until <time>", "before then, written in the same way")
    .option("--person <person>", "rows about one person: userName, e-mail, externalId or id")
    .option(
      "--filter <filter>",
      'a SCIM filter over at, actor, action, subject and sequence: \'action sw "token." and actor eq "cli"\'',
    )
    .action(async ({ config, out, force: isForced = false, format, since, until, person, filter }: ExportOptions) => {
      if (out !== undefined) refuseTaken(out, isForced);
      const { terminal, ambient, interrupted } = toolbox;
      const now = ambient.clock.now();
      const selection = {
        person: person ?? null,
        filter: filter ?? null,
        since: since === undefined ? null : parseTimeOption("--since", since, now),
        until: until === undefined ? null : parseTimeOption("--until", until, now),
      };
      await useServices(toolbox, config, async (services) => {
        await withProgress(toolbox, async ({ onProgress }) => {
          const lines = auditLines(services.audit.rows(selection, interrupted, onProgress), format);
          if (out !== undefined) return writeLines(out, lines, { newId: ambient.newId, isForced });
          for await (const line of lines) terminal.print(line);
        });
        if (out !== undefined) terminal.warn(safeText(`The audit log is written to ${out}.`));
      });
    });
}
