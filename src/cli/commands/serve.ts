import { withConfig, type AddCommand } from "../command.ts";

/** `serve`: the daemon. */
export const serveCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("serve"))
    .description(
      "the daemon: takes SCIM pushes, reconciles by the clock and at once for leavers; logs JSON lines to standard output",
    )
    .action(async (options: { config?: string }) => exit(await toolbox.serve(options.config)));
};
