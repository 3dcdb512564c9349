/** Thirty are what Unicode's stream-safe format allows (UAX #15); comparing without case takes the square of their number. */
const MAX_MARKS = 30;
const COMBINING_MARKS = /\p{M}{31}/u;

/** What no text may hold, wherever it comes from; undefined when it holds nothing of the kind. */
export function textFault(text: string): string | undefined {
  if (text.includes("\0")) return "a NUL character";
  if (!text.isWellFormed()) return "half of a character (a lone surrogate)";
  return text.length > MAX_MARKS && COMBINING_MARKS.test(text)
    ? "more than thirty combining marks in a row"
    : undefined;
}
