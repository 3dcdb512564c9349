import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { toReason } from "../reason-option.ts";

/** `release PERSON --reason TEXT`: lets one person through at once. */
export const releaseCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("release"))
    .description("lets one person's held changes through, whatever the limits say; for one hour")
    .argument("<person>", "userName, e-mail, externalId or id")
    .requiredOption("-r, --reason <text>", "why; kept in the audit log", toReason)
    .action(async (person: string, options: { config?: string; reason: string }) => {
      await useServices(toolbox, options.config, async (services) => {
        const user = await services.permissions.release(person, { author: "cli", reason: options.reason });
        toolbox.terminal.print(`Released: ${safeText(person)} (${user}), for one hour.`);
        toolbox.terminal.warn(
          `A running daemon takes it within seconds; \`rosterbridge apply --person ${user}\` does so now.`,
        );
      });
    });
};
