import { bashScript } from "./completion/bash.ts";
import { fishScript } from "./completion/fish.ts";
import type { CompletionNode } from "./completion/node.ts";
import { zshScript } from "./completion/zsh.ts";

/** Shells for which there is a script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/**
 * A script that completes `rosterbridge` in this shell: commands, options, values that are one of a few; files only where a
 * file is meant.
 */
export function completionScript(shell: Shell, nodes: readonly CompletionNode[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](nodes);
}
