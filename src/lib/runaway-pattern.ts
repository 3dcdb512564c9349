/** The parts of a regular expression: groups as they open, escapes, classes, repetitions (lazy ones, too), and the rest. */
const TOKEN = /\(\?(?:<?[=!]|:|<\w+>|[a-z-]*:)|\\.|\[(?:\\.|[^\]\\])*\]?|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;
/** A repetition that does something more than once: `{2}` is one, `?` is none. */
const LOOP = /^(?:[*+]|\{(?:\d+,|[2-9]|\d{2}))/;
/** A repetition that leaves open how often: `{2}` does not. */
const OPEN_END = /^(?:[*+?]|\{\d+,)/;

/** What to say to whoever wrote one. */
export const RUNAWAY = "do not repeat a group that holds a repetition or alternatives";

/**
 * Whether a regular expression may take time without end on a text that somebody else wrote: somewhere a group is repeated
 * that holds a repetition or alternatives, so that one text can be read in ever more ways. Errs on the side of true; what
 * is left takes no more than a power of the length. `source` is one that RegExp takes.
 */
export function mayRunAway(source: string): boolean {
  // Whether each group that is open leaves a choice; the whole pattern is the first of them.
  const open = [false];
  const choose = (): void => void open.splice(-1, 1, true);
  let hasClosed = false;
  for (const [token] of source.matchAll(TOKEN)) {
    if (hasClosed && LOOP.test(token)) return true;
    hasClosed = token === ")" && open.pop() === true;
    if (token.startsWith("(")) open.push(false);
    else if (hasClosed || token === "|" || OPEN_END.test(token)) choose();
  }
  return false;
}
