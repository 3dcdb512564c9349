import type { ScimError } from "../domain/errors.ts";
import { describeToken, tokenize } from "./tokenizer.ts";
import type { FaultOf, Token } from "./tokenizer.ts";

const MAX_TERMS = 50;
const MAX_DEPTH = 16;

/** A place in a text that is being parsed. Counts terms and depth, so that no text makes the parser work or recurse much. */
export interface FilterCursor {
  /** The next token, not taken; of kind `end` behind the last. */
  peek(): Token;
  /** The next token, taken. */
  take(): Token;
  /** The next token's text in lower case if it is a word, else nothing. */
  keyword(): string;
  /** True when the token after the next is of this kind. */
  isFollowedBy(kind: Token["kind"]): boolean;
  /** Takes a token of this kind. Throws when it is another. */
  expect(kind: Token["kind"], wanted: string): void;
  /** The error for a token that should have been something else. */
  unexpected(wanted: string, token: Token): ScimError;
  /** Throws on the 51st call. */
  countTerm(): void;
  /** Runs a parser one level deeper. Throws, without running it, beyond level 16. */
  deeper<T>(parse: () => T): T;
}

/** Starts at the beginning of a text. The cursor throws what `faultOf` makes. */
export function createFilterCursor(text: string, faultOf: FaultOf): FilterCursor {
  const tokens = tokenize(text, faultOf);
  const end: Token = { kind: "end", text: "", value: "", at: text.length + 1 };
  let position = 0;
  let terms = 0;
  let depth = 0;

  const peek = (): Token => tokens[position] ?? end;
  const unexpected = (wanted: string, token: Token): ScimError =>
    faultOf(`expected ${wanted}, found ${describeToken(token)}`);
  const take = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };

  return {
    peek,
    take,
    unexpected,
    keyword: () => (peek().kind === "word" ? peek().text.toLowerCase() : ""),
    isFollowedBy: (kind) => tokens[position + 1]?.kind === kind,
    expect: (kind, wanted) => {
      const token = take();
      if (token.kind !== kind) throw unexpected(wanted, token);
    },
    countTerm: () => {
      terms += 1;
      if (terms > MAX_TERMS) throw faultOf(`more than ${MAX_TERMS} terms`);
    },
    deeper: (parse) => {
      if (depth === MAX_DEPTH) throw faultOf(`nested deeper than ${MAX_DEPTH} levels`);
      depth += 1;
      const parsed = parse();
      depth -= 1;
      return parsed;
    },
  };
}
