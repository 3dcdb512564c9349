import type { ScimError } from "../domain/errors.ts";
import { textFault } from "./text-fault.ts";

/** One token of a filter or path. `at` counts characters from 1; `value` is a string without quotes and escapes. */
export interface Token {
  readonly kind: "word" | "string" | "(" | ")" | "[" | "]" | "end";
  readonly text: string;
  readonly value: string;
  readonly at: number;
}

/** Makes the error for a fault, so that filters and paths fail under their own `scimType`. */
export type FaultOf = (message: string) => ScimError;

/** Longest filter or path that is looked at, in characters. */
export const MAX_EXPRESSION_LENGTH = 4096;

const SHOWN_LENGTH = 80;
const BLANK = new Set([" ", "\t", "\r", "\n"]);
const BRACKETS = new Set(["(", ")", "[", "]"] as const);

/**
 * Splits a filter or path into tokens. Linear in the length of the text; knows no grammar: a word is anything between
 * blanks, brackets and quotes. Throws what `faultOf` makes for a text that is too long and for strings that are not
 * JSON strings, and for texts that no attribute may hold.
 */
export function tokenize(text: string, faultOf: FaultOf): readonly Token[] {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw faultOf(`longer than ${MAX_EXPRESSION_LENGTH} characters`);
  }
  const tokens: Token[] = [];
  let start = 0;
  while (start < text.length) {
    const first = text.charAt(start);
    if (BLANK.has(first)) {
      start += 1;
      continue;
    }
    const end = isBracket(first) ? start + 1 : first === '"' ? stringEnd(text, start, faultOf) : wordEnd(text, start);
    const slice = text.slice(start, end);
    const kind = isBracket(first) ? first : first === '"' ? "string" : "word";
    const value = kind === "string" ? unquote(slice, start, faultOf) : slice;
    const fault = textFault(value);
    if (fault !== undefined) throw faultOf(`the ${kind} at position ${start + 1} holds ${fault}`);
    tokens.push({ kind, text: slice, value, at: start + 1 });
    start = end;
  }
  return tokens;
}

/** How a token is named in a message: what was found, cut short, and where. */
export function describeToken(token: Token): string {
  return token.kind === "end" ? "the end" : `${JSON.stringify(excerpt(token.text))} at position ${token.at}`;
}

/** The beginning of a text from outside, short enough for a message. */
export function excerpt(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function isBracket(character: string): character is "(" | ")" | "[" | "]" {
  return (BRACKETS as ReadonlySet<string>).has(character);
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const character = text.charAt(end);
    if (BLANK.has(character) || isBracket(character) || character === '"') break;
    end += 1;
  }
  return end;
}

/** The index after the closing quote. */
function stringEnd(text: string, start: number, faultOf: FaultOf): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\") index += 1;
    else if (character === '"') return index + 1;
  }
  throw faultOf(`the string at position ${start + 1} has no closing quote`);
}

function unquote(slice: string, start: number, faultOf: FaultOf): string {
  try {
    return JSON.parse(slice) as string;
  } catch {
    throw faultOf(`the string at position ${start + 1} is not a JSON string`);
  }
}
