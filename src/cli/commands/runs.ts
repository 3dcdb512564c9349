import { UsageError } from "../../domain/errors.ts";
import type { RunEntry } from "../../engine/runs/run-history.ts";
import type { Services } from "../../engine/services.ts";
import { safeJson } from "../../planning/rendering/safe-text.ts";
import type { RunRecord } from "../../ports/journal.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { entriesTable, runLines, runsTable } from "../run-words.ts";
import { planStyle } from "../style.ts";
import type { Toolbox } from "../toolbox.ts";
import { formatOf, listText } from "../json-document.ts";

const MOST = 10_000;

interface RunsOptions {
  readonly config?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `runs [ID]`: the last runs, or one of them with everything it did. */
export const runsCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("runs"))
    .description("the last runs, the newest first; or one run, with every change that it made or tried")
    .argument("[id]", "of one run; its beginning is enough")
    .option("-n, --limit <count>", "how many runs are listed", "20")
    .option("--json", "prints JSON")
    .action(async (id: string | undefined, { config, limit, json }: RunsOptions) => {
      const count = parseLimit(limit);
      await useServices(toolbox, config, async ({ runs }) => {
        if (id === undefined) return list(toolbox, await runs.last(count), json === true);
        const run = await runs.find(id);
        const entries = runs.entries(run.id, toolbox.interrupted);
        await (json === true ? printJson(toolbox, run, entries) : printRun(toolbox, run, entries));
      });
    });
};

function parseLimit(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST) throw new UsageError(`--limit ${text} is no number from 1 to ${MOST}.`);
  return count;
}

function list({ terminal, ambient }: Toolbox, runs: readonly RunRecord[], asJson: boolean): void {
  if (asJson) return terminal.print(listText(runs));
  if (runs.length === 0)
    return terminal.print("No runs yet: `rosterbridge serve` makes them, and `rosterbridge apply`.");
  terminal.print(runsTable(runs, ambient.clock.now()));
}

type Entries = ReturnType<Services["runs"]["entries"]>;

async function printRun({ terminal, ambient }: Toolbox, run: RunRecord, entries: Entries): Promise<void> {
  for (const line of runLines(run, planStyle(terminal))) terminal.print(line);
  terminal.print("");
  let isFirst = true;
  for await (const page of entries) {
    terminal.print(entriesTable(page, isFirst, ambient.clock.now()));
    isFirst = false;
  }
  if (isFirst) terminal.print("  It sent no change to the product.");
}

/** One document, an entry a line, so that no run is too large for it. */
async function printJson({ terminal }: Toolbox, run: RunRecord, entries: Entries): Promise<void> {
  terminal.print(`{"format":${safeJson(formatOf("run"))},"run":${safeJson(run)},`);
  terminal.print('"entries":[');
  let previous: RunEntry | null = null;
  for await (const page of entries) {
    for (const entry of page) {
      if (previous !== null) terminal.print(`${safeJson(previous)},`);
      previous = entry;
    }
  }
  if (previous !== null) terminal.print(safeJson(previous));
  terminal.print("]}");
}
