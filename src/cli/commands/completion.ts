import { Argument, type Command } from "commander";
import type { AddCommand } from "../command.ts";
import { completionScript, SHELLS, type CompletionNode, type Shell } from "../completion-script.ts";

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
  const visible = command.createHelp().visibleCommands(command);
  const words = [
    ...visible.map((child) => ({ word: child.name(), about: child.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((word) => ({ word, about: "" }))),
  ];
  const options = command.createHelp().visibleOptions(command);
  const flags = options.map(({ long, short, description, argChoices = [] }) => ({
    word: long ?? short ?? "",
    about: description,
    choices: argChoices,
  }));
  return [
    { path, words, flags },
    ...visible.filter((child) => child.name() !== "help").flatMap((child) => toNodes(child, [...path, child.name()])),
  ];
}
