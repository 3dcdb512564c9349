import { anyOf, choicesIn, flagKeys, gathered, pathsOf, quoted, type CompletionNode } from "./node.ts";

/** The script for bash, from 3.2 on. Readline offers files wherever nothing else is. */
export function bashScript(nodes: readonly CompletionNode[]): string {
  const ofText = flagKeys(nodes, (value) => value === "text");
  const ofFile = flagKeys(nodes, (value) => value === "file");
  return [
    "# bash completion of rosterbridge; in ~/.bashrc: source <(rosterbridge completion bash)",
    "_rosterbridge() {",
    '  local reached="" word="" previous="" current="${COMP_WORDS[COMP_CWORD]}" known="" files=""',
    '  [ "$COMP_CWORD" -gt 0 ] && previous="${COMP_WORDS[COMP_CWORD-1]}"',
    "  # --option=value is three words here.",
    '  if [ "$current" = "=" ]; then current=""',
    '  elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    "  COMPREPLY=()",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case "$reached $word" in ${anyOf(pathsOf(nodes))}) reached="$reached $word" ;; esac`,
    "  done",
    '  case "$reached:$previous" in',
    ...choicesIn(nodes).map(({ keys, choices }) => `    ${anyOf(keys)}) known=${quoted(choices.join(" "))} ;;`),
    `    ${anyOf(ofFile)}) files=yes ;;`,
    `    ${anyOf(ofText)}) ;;`,
    '    *) case "$reached" in',
    ...nodes.map(({ path, words, flags, takesFile }) => {
      const known = [...words.map(({ word }) => word), ...flags.flatMap((flag) => flag.words.slice(0, 1))].join(" ");
      return `      ${quoted(gathered(path))}) known=${quoted(known)}${takesFile ? " files=yes" : ""} ;;`;
    }),
    "    esac ;;",
    "  esac",
    "  # Where a file is meant, readline does it better: it knows folders.",
    '  case "$files:$current" in yes:-*|:*) COMPREPLY=($(compgen -W "$known" -- "$current")) ;; esac',
    '  [ -n "$files" ] || compopt +o default 2>/dev/null || true',
    "}",
    "complete -o default -F _rosterbridge rosterbridge",
  ].join("\n");
}
