import type { AddCommand } from "../command.ts";

/** `demo`: the whole job on one machine. */
export const demoCommand: AddCommand = (parent, toolbox, exit) => {
  parent
    .command("demo")
    .description(
      "plays the whole job on this machine: sandbox, bridge, and an IdP's conversation, from joiner to cancelled booking",
    )
    .option("--keep", "leave sandbox and bridge running at the end, and print their addresses and a token")
    .action(async (options: { keep?: boolean }) => exit(await toolbox.demo({ keep: options.keep === true })));
};
