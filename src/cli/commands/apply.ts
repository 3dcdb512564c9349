import { isJsonObject } from "../../domain/json.ts";
import { UsageError } from "../../domain/errors.ts";
import { CHANGE_KINDS, type Plan } from "../../domain/plan.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { PlanScope } from "../../engine/plan/make-plan.ts";
import { expectDigest } from "../../engine/runs/expect-digest.ts";
import type { RunReport } from "../../engine/runs/run-report.ts";
import type { Services } from "../../engine/services.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withProgress } from "../progress.ts";
import { readJson } from "../read-text.ts";
import { tellRestored } from "../tell-restored.ts";
import type { Toolbox } from "../toolbox.ts";
import { documentText } from "../json-document.ts";
import { printPlan } from "./plan.ts";

/** More than a text of JavaScript can hold is not read. */
const LARGEST_PLAN = 512 * 1024 * 1024;

interface ApplyOptions {
  readonly config?: string;
  readonly expect?: string;
  readonly plan?: string;
  readonly person?: string;
  readonly acceptAccounts?: number;
  readonly acceptTenant?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What somebody has looked at: how many accounts there are, which organisation the product is. */
type Accepted = Pick<ApplyOptions, "acceptAccounts" | "acceptTenant">;

/** Everybody; or one person. */
type Whom =
  ({ readonly lane: "full" } & Accepted) | { readonly lane: "urgent"; readonly people: readonly DirectoryUserId[] };

/** `apply`: plans again and carries out, only if that is what was expected. */
export const applyCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("apply"))
    .description("plans again, shows it, and carries it out; with --expect or --plan only if nothing has changed since")
    .option("-e, --expect <digest>", "applies only a plan with this digest, else exits 3")
    .option("--plan <file>", "the same, with the digest of a plan that `plan --format json --out` wrote")
    .option("-p, --person <who>", "one person only, by userName, e-mail, externalId or id")
    .option(
      "--accept-accounts <number>",
      "trusts a listing of exactly so many accounts, much shorter than the last",
      toCount,
    )
    .option("--accept-tenant <id>", "the product is this organisation from now on, though it was another one before")
    .option("-y, --yes", "does not ask")
    .option("--json", "prints the report of the run as JSON")
    .action(async (options: ApplyOptions) => {
      const expected = expectedDigest(options);
      await useServices(toolbox, options.config, async (services) => {
        const who = await whomOf(services, options);
        await tellRestored(toolbox, services);
        const asJson = options.json === true;
        const isAsked = options.yes !== true && expected === undefined;
        const agreed = isAsked ? await ask(toolbox, services, who, asJson) : expected;
        const wanted = { who, expected: agreed ?? undefined, isShown: !isAsked && !asJson };
        exit(tell(toolbox, agreed === null ? null : await run(toolbox, services, wanted), asJson));
      });
    });
};

async function whomOf({ permissions }: Services, { person, ...options }: ApplyOptions): Promise<Whom> {
  const accepted = acceptedIn(options);
  if (person === undefined) return { lane: "full", ...accepted };
  for (const name of Object.keys(accepted)) {
    const flag = name === "acceptAccounts" ? "--accept-accounts" : "--accept-tenant";
    throw new UsageError(`${flag} is about everybody: leave --person out.`);
  }
  return { lane: "urgent", people: [await permissions.identify(person)] };
}

function acceptedIn({ acceptAccounts, acceptTenant }: Accepted): Accepted {
  return {
    ...(acceptAccounts === undefined ? {} : { acceptAccounts }),
    ...(acceptTenant === undefined ? {} : { acceptTenant }),
  };
}

function toCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--accept-accounts ${text} is no number of accounts.`);
  return Number(text);
}

function expectedDigest({ expect, plan }: ApplyOptions): string | undefined {
  if (expect !== undefined && plan !== undefined) throw new UsageError("Give --expect or --plan, not both.");
  if (expect !== undefined && !/^[0-9a-f]{6,64}$/.test(expect)) {
    throw new UsageError(`--expect ${expect} is no digest: take it from the first line of \`rosterbridge plan\`.`);
  }
  return plan === undefined ? expect : digestIn(plan);
}

function digestIn(file: string): string {
  const digest = digestOf(readJson(file, { what: "a plan", most: LARGEST_PLAN }));
  if (digest === undefined)
    throw new UsageError(`${file} is no plan: \`rosterbridge plan --format json --out <file>\` writes one.`);
  return digest;
}

function digestOf(plan: unknown): string | undefined {
  const summary = isJsonObject(plan) ? plan["summary"] : undefined;
  const digest = isJsonObject(summary) ? summary["digest"] : undefined;
  return typeof digest === "string" ? digest : undefined;
}

/**
 * Shows the plan and asks; the digest that was agreed to, or null. Nobody holds the right to write while somebody thinks:
 * the daemon goes on shutting leavers out, and what was agreed to is made anew and compared.
 */
function ask(toolbox: Toolbox, { reconciler }: Services, who: Whom, asJson: boolean): Promise<string | null> {
  const scope = toScope(who);
  const agree = async (plan: Plan): Promise<string | null> => {
    const { digest } = plan.summary;
    if (!asJson) await printPlan(toolbox, plan, "table");
    if (!changesAnything(plan)) return digest;
    if (!toolbox.terminal.canAsk) {
      throw new UsageError(`Nobody can be asked here. Say --yes, or --expect ${digest} to apply exactly this plan.`);
    }
    return (await toolbox.terminal.confirm("Apply this plan?")) ? digest : null;
  };
  return withProgress(toolbox, ({ onProgress, end }) =>
    reconciler.plan(
      scope,
      toolbox.interrupted,
      (plan) => {
        end();
        return agree(plan);
      },
      onProgress,
    ),
  );
}

function toScope(who: Whom): PlanScope {
  if (who.lane === "urgent") return { of: "some", people: who.people };
  return { of: "everybody", ...acceptedIn(who) };
}

interface WantedRun {
  readonly who: Whom;
  /** Undefined: whatever the plan is. */
  readonly expected: string | undefined;
  readonly isShown: boolean;
}

/** Plans again and carries out; throws PlanChangedError unless that is the plan with the expected digest. */
function run(
  toolbox: Toolbox,
  { reconciler }: Services,
  { who, expected, isShown }: WantedRun,
): Promise<RunReport | null> {
  return withProgress(toolbox, ({ onProgress, end }) =>
    reconciler.run({
      trigger: "cli",
      stop: toolbox.interrupted,
      ...who,
      onProgress,
      async confirm(plan) {
        end();
        expectDigest(plan, expected);
        if (isShown) await printPlan(toolbox, plan, "table");
        return true;
      },
    }),
  );
}

function changesAnything({ summary }: Plan): boolean {
  return Object.values(summary.tally.counts).some((count) => count > 0);
}

/** Says what came of it, and returns the exit code that says the same. */
function tell({ terminal }: Toolbox, report: RunReport | null, asJson: boolean): number {
  if (report === null) {
    if (asJson) terminal.print(documentText("run-report", { outcome: "declined" }));
    else terminal.print("Nothing was changed.");
    return EXIT.done;
  }
  if (asJson) terminal.print(documentText("run-report", report));
  else for (const line of sentences(report)) terminal.print(line);
  return { done: EXIT.done, held: EXIT.held, partial: EXIT.partial, failed: EXIT.error, interrupted: EXIT.error }[
    report.outcome
  ];
}

function sentences({ changed, alreadySo, failed, superseded, outcome, durationMs }: RunReport): readonly string[] {
  const kinds = CHANGE_KINDS.flatMap((kind) => (changed[kind] === undefined ? [] : [`${changed[kind]} × ${kind}`]));
  const lines = [
    "",
    `${kinds.length === 0 ? "No changes were made" : `Applied: ${kinds.join(", ")}`} (${(durationMs / 1000).toFixed(1)} s).`,
  ];
  if (alreadySo > 0) lines.push(alreadySo === 1 ? "1 change was so already." : `${alreadySo} changes were so already.`);
  if (superseded > 0) lines.push(`${superseded} people changed in the directory meanwhile: the next run takes them.`);
  for (const { user, reason } of failed) lines.push(safeText(`Failed for ${user}: ${reason}`));
  if (outcome === "held") lines.push("Held changes are listed above, each with the way past it.");
  if (outcome === "interrupted") lines.push("Interrupted: run it again to go on where it stopped.");
  return lines;
}
