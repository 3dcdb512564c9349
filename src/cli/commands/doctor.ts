import type { Diagnosed, Diagnosis } from "../../engine/doctor/diagnosis.ts";
import type { Ability } from "../../engine/doctor/capability-table.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { productTitle } from "../init/products.ts";
import { planStyle } from "../style.ts";
import { renderTable } from "../table.ts";
import { documentText } from "../json-document.ts";

/** `doctor`: what is wrong, and how to mend it. */
export const doctorCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("doctor"))
    .description("checks configuration, store, clock, tokens and the product, and says how to mend each fault")
    .option("--json", "prints JSON")
    .action(async (options: { config?: string; json?: boolean }) => {
      const { terminal, interrupted } = toolbox;
      const style = planStyle(terminal);
      const told: Diagnosis[] = [];
      let area = "";
      for await (const one of toolbox.examine(options.config, interrupted)) {
        told.push(one);
        if (options.json === true || one.kind !== "finding") continue;
        if (one.area !== area) terminal.print(style.title(`${area === "" ? "" : "\n"}${titleOf(one.area)}`));
        area = one.area;
        for (const line of linesOf(one, style)) terminal.print(line);
      }
      const findings = told.filter((one) => one.kind === "finding");
      const abilities = told.find((one) => one.kind === "abilities") ?? null;
      if (options.json === true) terminal.print(documentText("diagnosis", documentOf(findings, abilities)));
      else for (const line of ending(findings, abilities, style)) terminal.print(line);
      exit(exitCodeOf(findings));
    });
};

type Table = Extract<Diagnosis, { readonly kind: "abilities" }>;

function titleOf(area: string): string {
  return `${area.charAt(0).toUpperCase()}${area.slice(1)}`;
}

function* linesOf({ subject, verdict, detail, remedy }: Diagnosed, style: PlanStyle): Generator<string> {
  const paint = { good: style.create, warning: style.held, bad: style.remove }[verdict];
  const mark = { good: "✓", warning: "!", bad: "✗" }[verdict];
  yield `  ${paint(mark)} ${safeText(`${subject}: ${detail}`)}`;
  if (remedy !== undefined) yield `      ${safeText(remedy)}`;
}

function* ending(findings: readonly Diagnosed[], table: Table | null, style: PlanStyle): Generator<string> {
  if (table !== null) {
    yield style.title(`\nWhat ${safeText(productTitle(table.product))} can do`);
    yield renderTable(
      [],
      table.abilities.map(({ ability, value }: Ability) => [`  ${ability}`, value]),
    );
  }
  const count = (verdict: Diagnosed["verdict"]): number => findings.filter((one) => one.verdict === verdict).length;
  const [bad, warnings] = [count("bad"), count("warning")];
  yield "";
  if (bad + warnings === 0) yield style.create("All is well.");
  else yield `${counted(bad, "fault")}, ${counted(warnings, "warning")}.`;
}

/** What `--json` prints: the worst verdict, each finding, and what the product can do (null where it is not known). */
function documentOf(findings: readonly Diagnosed[], table: Table | null) {
  const worst = (["bad", "warning"] as const).find((verdict) => findings.some((one) => one.verdict === verdict));
  return {
    verdict: worst ?? "good",
    findings: findings.map(({ area, subject, verdict, detail, remedy = null }) => ({
      area,
      subject,
      verdict,
      detail,
      remedy,
    })),
    product: table === null ? null : { name: table.product, abilities: table.abilities },
  };
}

/** The gravest fault decides: a configuration that cannot be used, refused credentials, no answer, anything else. */
function exitCodeOf(findings: readonly Diagnosed[]): number {
  const bad = findings.filter(({ verdict }) => verdict === "bad");
  if (bad.some(({ fault }) => fault === "configuration")) return EXIT.config;
  if (bad.some(({ fault }) => fault === "auth")) return EXIT.unauthorised;
  if (bad.some(({ fault }) => fault === "unreachable")) return EXIT.unreachable;
  return bad.length > 0 ? EXIT.error : EXIT.done;
}
