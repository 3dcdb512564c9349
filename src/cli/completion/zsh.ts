import {
  anyOf,
  choicesIn,
  flagKeys,
  gathered,
  pathsOf,
  quoted,
  type CompletionFlag,
  type CompletionNode,
} from "./node.ts";

/** The script for zsh: with what each word is for, and options only behind a hyphen. */
export function zshScript(nodes: readonly CompletionNode[]): string {
  return [
    "#compdef rosterbridge",
    "# zsh completion of rosterbridge; in ~/.zshrc: source <(rosterbridge completion zsh)",
    "_rosterbridge() {",
    '  local reached="" word="" previous="${words[CURRENT-1]}" files=""',
    "  local -a known flags",
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    `    case "$reached $word" in (${anyOf(pathsOf(nodes))}) reached="$reached $word" ;; esac`,
    "  done",
    "  # --option=value is one word here.",
    '  if [[ "${words[CURRENT]}" == --*=* ]]; then previous="${words[CURRENT]%%=*}"; compset -P 1 "*="; fi',
    '  case "$reached:$previous" in',
    ...choicesIn(nodes).map(
      ({ keys, choices }) =>
        `    (${anyOf(keys)}) known=(${choices.map(quoted).join(" ")}); _describe value known; return ;;`,
    ),
    `    (${anyOf(flagKeys(nodes, (value) => value === "file"))}) _files; return ;;`,
    `    (${anyOf(flagKeys(nodes, (value) => value === "text"))}) return ;;`,
    "  esac",
    '  case "$reached" in',
    ...nodes.map(({ path, words, flags, takesFile }) => {
      const known = words.map(({ word, about }) => described(word, about)).join(" ");
      const shown = flags.flatMap(toWords).join(" ");
      return `    (${quoted(gathered(path))}) known=(${known}) flags=(${shown})${takesFile ? " files=yes" : ""} ;;`;
    }),
    "  esac",
    '  if [[ "${words[CURRENT]}" == -* ]]; then _describe -o option flags; return; fi',
    "  (( ${#known} == 0 )) || _describe command known",
    '  [[ -z "$files" ]] || _files',
    "}",
    "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }",
    "compdef _rosterbridge rosterbridge",
  ].join("\n");
}

function toWords({ words, about }: CompletionFlag): readonly string[] {
  return words.map((word) => described(word, about));
}

/** A colon ends the word. */
function described(word: string, about: string): string {
  return quoted(`${word.replaceAll(":", "\\:")}:${about.replaceAll("\\", "\\\\")}`);
}
