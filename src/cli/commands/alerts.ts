import { UsageError } from "../../domain/errors.ts";
import type { Trial } from "../../engine/alerts/alerts.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { renderTable } from "../table.ts";
import { listText } from "../json-document.ts";

/** `alerts test`. */
export const alertsCommand: AddCommand = (parent, toolbox, exit) => {
  const alerts = parent.command("alerts").description("webhooks that are told of what needs people");
  withConfig(alerts.command("test"))
    .description("sends each webhook a notice that is marked as a test, and says whether it took it")
    .option("--json", "prints JSON")
    .action(async (options: { config?: string; json?: boolean }) => {
      await useServices(toolbox, options.config, async (services) => {
        const trials = await services.alerts.tryOut(toolbox.interrupted);
        if (trials.length === 0)
          throw new UsageError('No webhook is configured: add one to "alerts" in the configuration.');
        toolbox.terminal.print(options.json === true ? listText(trials) : toTable(trials));
        exit(trials.every(({ delivered }) => delivered) ? EXIT.done : EXIT.unreachable);
      });
    });
};

function toTable(trials: readonly Trial[]): string {
  const rows = trials.map((trial, index) => [
    `alerts[${index}]`,
    trial.webhook,
    trial.delivered ? "delivered" : `not delivered: ${trial.reason}`,
  ]);
  return renderTable(["WEBHOOK", "AT", "OUTCOME"], rows);
}
