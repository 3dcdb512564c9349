import type { Terminal } from "../../cli/terminal.ts";
import { planStyle } from "../../cli/style.ts";
import type { Plan } from "../../domain/plan.ts";
import type { RunReport } from "../../engine/runs/run-report.ts";
import type { RunWatcher } from "../../engine/runs/run-watcher.ts";
import { renderPlan } from "../../planning/render.ts";
import type { Clock } from "../../ports/ambient.ts";

/** Where the demonstration is seen: headings, sentences, and every plan before it is carried out. */
export interface Stage {
  readonly watcher: RunWatcher;
  introduce(productUrl: string, bridgeUrl: string): void;
  act(title: string, ...sentences: readonly string[]): void;
  /** The report of the newest run that was given something to do. */
  lastReport(): RunReport | null;
  /** How many runs have ended. */
  runs(): number;
}

/** Makes a stage on a terminal. */
export function createStage(terminal: Terminal, clock: Clock): Stage {
  const style = planStyle(terminal);
  let act = 0;
  let runs = 0;
  let last: RunReport | null = null;
  return {
    watcher: {
      async plan(plan) {
        if (!isWorthSeeing(plan)) return;
        terminal.print("");
        for await (const line of renderPlan(plan, { format: "table", now: clock.now(), style }))
          terminal.print(`  ${line}`.trimEnd());
      },
      report(report) {
        runs += 1;
        last = report;
      },
    },
    introduce(productUrl, bridgeUrl) {
      terminal.print(style.title("Rosterbridge: the whole job on one machine"));
      terminal.print(style.muted(`  scheduling product ${productUrl} · bridge ${bridgeUrl} · temporary store`));
    },
    act(title, ...sentences) {
      act += 1;
      terminal.print("");
      terminal.print(style.title(`${act}. ${title}`));
      for (const sentence of sentences) terminal.print(`   ${sentence}`);
    },
    lastReport: () => last,
    runs: () => runs,
  };
}

function isWorthSeeing({ summary: { tally } }: Plan): boolean {
  const counts = [...Object.values(tally.counts), ...Object.values(tally.held)];
  return counts.some((count) => count > 0);
}
