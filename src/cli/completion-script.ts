/** Shells for which there is a script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** One command, and what may follow it. */
export interface CompletionNode {
  /** The words that lead to it; none for the program itself. */
  readonly path: readonly string[];
  readonly words: readonly { readonly word: string; readonly about: string }[];
  readonly flags: readonly { readonly word: string; readonly about: string; readonly choices: readonly string[] }[];
}

/** A script that completes `rosterbridge` in this shell. Behind whatever is not known, files are offered. */
export function completionScript(shell: Shell, nodes: readonly CompletionNode[]): string {
  return { bash, zsh, fish }[shell](nodes);
}

function bash(nodes: readonly CompletionNode[]): string {
  return [
    "# bash completion of rosterbridge; in ~/.bashrc: source <(rosterbridge completion bash)",
    "_rosterbridge() {",
    '  local path="" word previous="" current="${COMP_WORDS[COMP_CWORD]}" known=""',
    '  [ "$COMP_CWORD" -gt 0 ] && previous="${COMP_WORDS[COMP_CWORD-1]}"',
    "  COMPREPLY=()",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case "$path $word" in ${pathPattern(nodes)}) path="$path $word" ;; esac`,
    "  done",
    '  case "$path:$previous" in',
    ...nodes.flatMap(({ path, flags }) =>
      flags
        .filter(({ choices }) => choices.length > 0)
        .map(({ word, choices }) => `    ${quoted(`${joined(path)}:${word}`)}) known=${quoted(choices.join(" "))} ;;`),
    ),
    "  esac",
    '  [ -n "$known" ] || case "$path" in',
    ...nodes.map(({ path, words, flags }) => {
      const known = [...words, ...flags].map(({ word }) => word).join(" ");
      return `    ${quoted(joined(path))}) known=${quoted(known)} ;;`;
    }),
    "  esac",
    '  COMPREPLY=($(compgen -W "$known" -- "$current"))',
    "}",
    "complete -o default -F _rosterbridge rosterbridge",
  ].join("\n");
}

/** zsh runs scripts of bash for completion. */
function zsh(nodes: readonly CompletionNode[]): string {
  return [
    "# zsh completion of rosterbridge; in ~/.zshrc: source <(rosterbridge completion zsh)",
    "autoload -Uz +X compinit bashcompinit",
    "(( $+functions[compdef] )) || compinit",
    "bashcompinit",
    bash(nodes).split("\n").slice(1).join("\n"),
  ].join("\n");
}

function fish(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap(({ path, words, flags }) => {
    const when = `-n ${fishQuoted(`__rosterbridge_at ${path.join(" ")}`.trim())}`;
    return [
      ...words.map(
        ({ word, about }) => `complete -c rosterbridge ${when} -a ${fishQuoted(word)} -d ${fishQuoted(about)}`,
      ),
      ...flags.map(({ word, about, choices }) => {
        const values = choices.length === 0 ? "" : ` -x -a ${fishQuoted(choices.join(" "))}`;
        return `complete -c rosterbridge ${when} -l ${word.replace(/^-+/, "")}${values} -d ${fishQuoted(about)}`;
      }),
    ];
  });
  const known = nodes.filter(({ path }) => path.length > 0).map(({ path }) => fishQuoted(path.join(" ")));
  return [
    "# fish completion of rosterbridge; in ~/.config/fish/config.fish: rosterbridge completion fish | source",
    "function __rosterbridge_at",
    "  set -l path",
    "  for word in (commandline -opc)[2..-1]",
    `    if contains -- (string join ' ' $path $word) ${known.join(" ")}`,
    "      set -a path $word",
    "    end",
    "  end",
    `  test (string join ' ' $path) = (string join ' ' $argv)`,
    "end",
    ...lines,
  ].join("\n");
}

/** As the script gathers it: a blank before each word. */
function joined(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join("");
}

function pathPattern(nodes: readonly CompletionNode[]): string {
  const known = nodes.filter(({ path }) => path.length > 0).map(({ path }) => quoted(joined(path)));
  return known.join("|");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
