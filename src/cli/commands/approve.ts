import { useServices, withConfig, type AddCommand } from "../command.ts";
import { toReason } from "../reason-option.ts";

/** `approve DIGEST --reason TEXT`: lets the held changes of one plan through. */
export const approveCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("approve"))
    .description(
      "lets exactly the changes through that a plan held over a limit: once, within one hour, unless the plan has grown",
    )
    .argument("<digest>", "as the first line of `plan` shows it")
    .requiredOption("-r, --reason <text>", "why; kept in the audit log", toReason)
    .action(async (digest: string, options: { config?: string; reason: string }) => {
      await useServices(toolbox, options.config, async (services) => {
        const plan = await services.permissions.approve(digest, { author: "cli", reason: options.reason });
        toolbox.terminal.print(
          `Approved: ${plan.held} held changes of plan ${plan.digest}, for one run within the next hour.`,
        );
        toolbox.terminal.warn("A running daemon carries them out within seconds; `rosterbridge apply` does so now.");
      });
    });
};
