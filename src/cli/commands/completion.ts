import { Argument, type Command, type Option } from "commander";
import type { AddCommand } from "../command.ts";
import type { CompletionFlag, CompletionNode } from "../completion/node.ts";
import { completionScript, SHELLS, type Shell } from "../completion-script.ts";

/** `completion bash|zsh|fish`: made from the commands that are there. */
export const completionCommand: AddCommand = (parent, toolbox) => {
  parent
    .command("completion")
    .description("prints what a shell needs to complete commands and options: source <(rosterbridge completion bash)")
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .action((shell: Shell) => toolbox.terminal.print(completionScript(shell, toNodes(parent))));
};

/** Every command with what may follow it, parents first. */
function toNodes(command: Command, path: readonly string[] = []): readonly CompletionNode[] {
  const { registeredArguments: taken } = command;
  const help = command.createHelp();
  const visible = help.visibleCommands(command);
  const words = [
    ...visible.map((child) => ({ word: child.name(), about: child.description() })),
    ...taken.flatMap(({ argChoices = [] }) => argChoices.map((word) => ({ word, about: "" }))),
  ];
  const flags = help.visibleOptions(command).map(toFlag);
  return [
    { path, words, flags, takesFile: taken.some((one) => one.name() === "file") },
    ...visible.filter((child) => child.name() !== "help").flatMap((child) => toNodes(child, [...path, child.name()])),
  ];
}

function toFlag(option: Option): CompletionFlag {
  const { long, short, description } = option;
  const words = [long, short].filter((word) => word !== undefined);
  return { words, about: description, value: valueOf(option) };
}

function valueOf({ flags, argChoices, required, optional }: Option): CompletionFlag["value"] {
  if (argChoices !== undefined) return { choices: argChoices };
  if (!required && !optional) return null;
  return /[<[]file[>\]]$/.test(flags) ? "file" : "text";
}
