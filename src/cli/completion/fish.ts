import type { CompletionFlag, CompletionNode } from "./node.ts";

/** The script for fish, from 3.0 on: with what each word is for. */
export function fishScript(nodes: readonly CompletionNode[]): string {
  const known = nodes.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(" ")));
  return [
    "# fish completion of rosterbridge; in ~/.config/fish/config.fish: rosterbridge completion fish | source",
    "function __rosterbridge_at",
    "  set -l reached",
    "  set -l typed (commandline -opc)",
    "  set -e typed[1]",
    "  for word in $typed",
    `    if contains -- (string join ' ' -- $reached $word) ${known.join(" ")}`,
    "      set -a reached $word",
    "    end",
    "  end",
    '  test "$reached" = "$argv"', // lists in quotes are joined by blanks
    "end",
    "complete -c rosterbridge -e",
    "complete -c rosterbridge -f",
    ...nodes.flatMap(linesOf),
  ].join("\n");
}

function linesOf({ path, words, flags, takesFile }: CompletionNode): readonly string[] {
  const begin = `complete -c rosterbridge -n ${quoted(`__rosterbridge_at ${path.join(" ")}`.trim())}`;
  return [
    ...(takesFile ? [`${begin} -F`] : []),
    ...words.map(({ word, about }) => `${begin} -a ${quoted(word)} -d ${quoted(about)}`),
    ...flags.map((flag) => `${begin}${namesOf(flag)}${valueOf(flag)} -d ${quoted(flag.about)}`),
  ];
}

function namesOf({ words }: CompletionFlag): string {
  return words.map((word) => (word.startsWith("--") ? ` -l ${word.slice(2)}` : ` -s ${word.slice(1)}`)).join("");
}

function valueOf({ value }: CompletionFlag): string {
  if (value === null) return "";
  if (value === "file") return " -r -F";
  return value === "text" ? " -x" : ` -x -a ${quoted(value.choices.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
