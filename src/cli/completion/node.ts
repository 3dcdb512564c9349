/** An option of a command. */
export interface CompletionFlag {
  /** As it is typed, the long one first. */
  readonly words: readonly string[];
  readonly about: string;
  /** What follows it: one of a few, a file, anything else, or nothing. */
  readonly value: { readonly choices: readonly string[] } | "file" | "text" | null;
}

/** One command, and what may follow it. */
export interface CompletionNode {
  /** The words that lead to it; none for the program itself. */
  readonly path: readonly string[];
  /** Commands below it, and arguments that are one of a few. */
  readonly words: readonly { readonly word: string; readonly about: string }[];
  readonly flags: readonly CompletionFlag[];
  /** Whether an argument of it is a file. */
  readonly takesFile: boolean;
}

/** The words that lead to a node as the scripts gather them: a blank before each. */
export function gathered(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join("");
}

/** Within single quotes, for shells of the Bourne family. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A pattern for `case` that one of these texts fits, literally; one that nothing fits where there is none. */
export function anyOf(texts: readonly string[]): string {
  return texts.length === 0 ? "//none" : texts.map(quoted).join("|");
}

/** `command:flag` for each flag of each command that has such a value. */
export function flagKeys(
  nodes: readonly CompletionNode[],
  isWanted: (value: CompletionFlag["value"]) => boolean,
): readonly string[] {
  return nodes.flatMap(({ path, flags }) =>
    flags
      .filter(({ value }) => isWanted(value))
      .flatMap(({ words }) => words.map((word) => `${gathered(path)}:${word}`)),
  );
}

/** Choices of one flag, with the keys that lead to it. */
export interface Choice {
  readonly keys: readonly string[];
  readonly choices: readonly string[];
}

/** Every flag whose value is one of a few. */
export function choicesIn(nodes: readonly CompletionNode[]): readonly Choice[] {
  return nodes.flatMap(({ path, flags }) =>
    flags.flatMap(({ words, value }) =>
      typeof value === "object" && value !== null
        ? [{ keys: words.map((word) => `${gathered(path)}:${word}`), choices: value.choices }]
        : [],
    ),
  );
}

/** Every command by the words that lead to it, the program itself left out. */
export function pathsOf(nodes: readonly CompletionNode[]): readonly string[] {
  return nodes.filter(({ path }) => path.length > 0).map(({ path }) => gathered(path));
}
