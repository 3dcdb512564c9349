import jsonata from "jsonata";
import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { runawayPatterns, unknownNames } from "./expression-check.ts";

/** Names with `$` that an expression may use, and what they are. */
export type Scope = Readonly<Record<string, unknown>>;

/** An expression failed on what it was given. Holds the code of JSONata's error, nothing of the data. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly code: string;
  constructor(code: string) {
    super(`the expression failed (${code})`);
    this.code = code;
  }
}

/** One expression, ready for use. */
export interface Program {
  /** What it answers to an input, as plain JSON; undefined for nothing. Throws ExpressionError. */
  run(input: unknown, scope: Scope): Promise<JsonValue | undefined>;
}

/** What an expression may refer to. */
export interface ExpressionRules {
  /** Names that stand for something, without `$`, functions included. */
  readonly names: ReadonlySet<string>;
  /** False for a request, which is made before there is an answer that bare names could read. */
  readonly hasAnswer: boolean;
}

/** Without these, an endless recursion would stop the process: JSONata's own evaluation knows no end. */
const LIMITS = { timeout: 1_000, stack: 200, sequence: 100_000 };
/** JSONata's word for an evaluation that was out of time. */
export const OUT_OF_TIME = "D1012";

/** Compiles the JSONata after `=`. Gives the program, or what is wrong with it, as sentences for people. */
export function compileExpression(
  text: string,
  { names, hasAnswer }: ExpressionRules,
): { readonly program: Program } | { readonly problems: readonly string[] } {
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text.slice(1), LIMITS);
  } catch (error) {
    return { problems: [`is not JSONata: ${wordsOf(error)}`] };
  }
  const ast = expression.ast();
  const problems = [...unknownNames(ast, names, hasAnswer), ...runawayPatterns(ast)];
  if (problems.length > 0) return { problems };
  return {
    program: {
      async run(input, scope) {
        const once = async (): Promise<JsonValue | undefined> => plain(await expression.evaluate(input, { ...scope }));
        try {
          return await again(once);
        } catch (error) {
          throw new ExpressionError(codeOf(error));
        }
      },
    },
  };
}

/** The time of an evaluation runs on while this process stands still or does something else: once, that is not its fault. */
async function again<T>(evaluate: () => Promise<T>): Promise<T> {
  try {
    return await evaluate();
  } catch (error) {
    if (codeOf(error) !== OUT_OF_TIME) throw error;
    return evaluate();
  }
}

/** What JSONata says of a text that it cannot read; a recipe holds no secrets. */
function wordsOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return "it cannot be read";
  const at = "position" in error && typeof error.position === "number" ? ` (at character ${error.position})` : "";
  return `${String(error.message)}${at}`;
}

function codeOf(error: unknown): string {
  const isCoded = typeof error === "object" && error !== null && "code" in error;
  return isCoded && typeof error.code === "string" ? error.code : "unknown";
}

/** The answer without what JSONata adds to its lists, and without functions. */
function plain(value: unknown): JsonValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (isJsonArray(value)) return value.map((item) => plain(item) ?? null);
  if (!isJsonObject(value)) return undefined;
  const kept: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    const made = plain(inner);
    if (made !== undefined) Object.defineProperty(kept, key, { value: made, enumerable: true, configurable: true });
  }
  return kept satisfies JsonObject;
}
