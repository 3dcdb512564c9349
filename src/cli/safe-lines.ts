import { safeText } from "../planning/rendering/safe-text.ts";

/** More of a line is not read by anybody. */
const LONGEST_LINE = 2_000;

/** A message of several lines that quotes what was typed, or what a file holds, made fit for a terminal. */
export function safeLines(text: string): string {
  return text
    .split("\n")
    .map((line) => safeText(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join("\n");
}
