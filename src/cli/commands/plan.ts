import { Option } from "commander";
import type { Plan, PlanSummary } from "../../domain/plan.ts";
import type { Unreadable } from "../../engine/plan/plan-people.ts";
import { isHeld } from "../../engine/runs/run-report.ts";
import { renderPlan } from "../../planning/render.ts";
import { PLAIN_STYLE } from "../../planning/plan-style.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withProgress } from "../progress.ts";
import { planStyle } from "../style.ts";
import { tellRestored } from "../tell-restored.ts";
import type { Toolbox } from "../toolbox.ts";
import { writeLines } from "../write-lines.ts";
import { documentLines } from "../json-document.ts";

type Format = "table" | "json" | "markdown";
interface PlanOptions {
  readonly config?: string;
  readonly person?: string;
  readonly format: Format;
  readonly json?: boolean;
  readonly out?: string;
  readonly detailedExitcode?: boolean;
}

/** `plan`: the dry-run diff. */
export const planCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("plan"))
    .description("what an apply would do, and what is held and why; writes nothing to the product")
    .option("-p, --person <who>", "one person only, by userName, e-mail, externalId or id")
    .addOption(
      new Option("-f, --format <format>", "how it is written").choices(["table", "json", "markdown"]).default("table"),
    )
    .option("--json", "the same as --format json")
    .option("-o, --out <file>", "writes it to a file")
    .option("--detailed-exitcode", "exit 2 when changes are pending, 3 when all there is is held")
    .action(async (options: PlanOptions) => {
      await useServices(toolbox, options.config, async (services) => {
        const { person } = options;
        await tellRestored(toolbox, services);
        const scope =
          person === undefined
            ? ({ of: "everybody" } as const)
            : ({ of: "some", people: [await services.permissions.identify(person)] } as const);
        const show = async (plan: Plan, unreadable: readonly Unreadable[]): Promise<void> => {
          await write(toolbox, plan, options.json === true ? "json" : options.format, options.out);
          for (const { user, error } of unreadable)
            toolbox.terminal.warn(
              safeText(`Not in this plan: ${user}, of whom the product would not tell: ${error.message}`),
            );
          if (options.detailedExitcode === true) exit(detailedCode(plan.summary));
        };
        await withProgress(toolbox, ({ onProgress, end }) =>
          services.reconciler.plan(
            scope,
            toolbox.interrupted,
            (plan, unreadable) => {
              end();
              return show(plan, unreadable);
            },
            onProgress,
          ),
        );
      });
    });
};

function detailedCode(summary: PlanSummary): number {
  if (Object.values(summary.tally.counts).some((count) => count > 0)) return EXIT.pending;
  return isHeld(summary) ? EXIT.held : EXIT.done;
}

async function write(toolbox: Toolbox, plan: Plan, format: Format, file: string | undefined): Promise<void> {
  if (file === undefined) return printPlan(toolbox, plan, format);
  const { clock, newId } = toolbox.ambient;
  // A plan can be made again: whoever plans on a schedule keeps one file.
  const how = { newId, isForced: true };
  await writeLines(file, linesOf(plan, { format, now: clock.now(), style: PLAIN_STYLE }), how);
  toolbox.terminal.warn(safeText(`Plan ${plan.summary.digest} is written to ${file}.`));
}

/** Prints a plan as people or programs read it. */
export async function printPlan({ terminal, ambient }: Toolbox, plan: Plan, format: Format): Promise<void> {
  const style = planStyle(terminal);
  for await (const line of linesOf(plan, { format, now: ambient.clock.now(), style })) terminal.print(line);
}

function linesOf(plan: Plan, how: Parameters<typeof renderPlan>[1]): AsyncIterable<string> {
  const lines = renderPlan(plan, how);
  return how.format === "json" ? documentLines("plan", lines) : lines;
}
