import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { ConnectorFault } from "../../domain/errors.ts";
import { ExpressionError, OUT_OF_TIME } from "./expression.ts";
import type { Program, Scope } from "./expression.ts";
import { BRACED } from "./expressions-of.ts";
import { isExpression } from "./schema-values.ts";

/** Where in a recipe something happens, for messages: file, operation and step. */
export interface Place {
  readonly file: string;
  readonly operation: string;
  /** Name or number of the step; absent where there is only one request. */
  readonly step?: string;
}

/** What an expression reads: the answer (undefined: there is none yet) and what is known by name. */
export interface Given {
  readonly input: unknown;
  readonly scope: Scope;
  readonly place: Place;
}

/** Answers the expressions of one recipe. Throws ConnectorError. */
export interface Evaluator {
  /** A fixed text, or what its expression answers. `key` is named in messages. */
  text(text: string, key: string, given: Given): Promise<JsonValue | undefined>;
  /** Whether an expression answers true; nothing and everything else are not true. */
  holds(text: string, key: string, given: Given): Promise<boolean>;
  /** A body with each expression replaced; keys whose expression answers nothing are left out. */
  fill(value: JsonValue, key: string, given: Given): Promise<JsonValue | undefined>;
  /** A path whose braces are replaced by ids. */
  path(text: string, given: Given): Promise<string>;
}

/** An evaluator over compiled programs. `ids` is what an id in a path must look like, whole. */
export function createEvaluator(programs: ReadonlyMap<string, Program>, base: Scope, ids: RegExp): Evaluator {
  async function answer(text: string, key: string, { input, scope, place }: Given): Promise<JsonValue | undefined> {
    const program = programs.get(text);
    if (program === undefined) throw new TypeError("an expression was not compiled with its recipe");
    try {
      return await program.run(input, { ...base, ...scope });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      // Before a request, the recipe is at fault; after it, the answer is not as the recipe expects. Lack of time may pass.
      const isForGood = input === undefined && error.code !== OUT_OF_TIME;
      const reason: ConnectorFault = isForGood ? "rejected" : "unavailable";
      throw failure(reason, `${key} cannot be worked out (JSONata ${error.code})`, place);
    }
  }

  async function fill(value: JsonValue, key: string, given: Given): Promise<JsonValue | undefined> {
    if (typeof value === "string") return isExpression(value) ? answer(value, key, given) : value;
    if (isJsonArray(value)) {
      const items = await Promise.all(value.map((item) => fill(item, key, given)));
      return items.filter((item) => item !== undefined);
    }
    if (!isJsonObject(value)) return value;
    const filled: (readonly [string, JsonValue])[] = [];
    for (const [name, inner] of Object.entries(value)) {
      const made = inner === undefined ? undefined : await fill(inner, `${key}.${name}`, given);
      if (made !== undefined) filled.push([name, made]);
    }
    return Object.fromEntries(filled);
  }

  return {
    text: (text, key, given) => (isExpression(text) ? answer(text, key, given) : Promise.resolve(text)),
    holds: async (text, key, given) => (await answer(text, key, given)) === true,
    fill,
    async path(text, given) {
      const values: string[] = [];
      for (const [, inner = ""] of text.matchAll(BRACED)) {
        values.push(escapeId(await answer(`=${inner}`, "path", given), ids, given.place));
      }
      return text.replace(BRACED, () => values.shift() ?? "");
    },
  };
}

/** An id as part of a path. What is no id, or would lead elsewhere, is never sent. */
function escapeId(value: JsonValue | undefined, ids: RegExp, place: Place): string {
  const id = idOf(value);
  if (id === undefined || !ids.test(id) || id.includes("/") || /^\.+$/.test(id) || !id.isWellFormed()) {
    throw failure("rejected", "an id that does not fit ids.pattern was not sent", place);
  }
  return encodeURIComponent(id);
}

/** An id as a text; undefined for what is none. */
export function idOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === "string" && value !== "" && value.length <= MOST_ID_CHARACTERS ? value : undefined;
}

const MOST_ID_CHARACTERS = 1_024;

/** A ConnectorError that names the place in the recipe. `what` is a sentence without its stop, and holds nothing secret. */
export function failure(
  reason: ConnectorFault,
  what: string,
  place: Place,
  options: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
): ConnectorError {
  return new ConnectorError(reason, `recipe ${wordsOf(place)}: ${what}`, options);
}

/** `nobodys.json, createAccount, step create`. */
function wordsOf({ file, operation, step }: Place): string {
  return `${file}, ${operation}${step === undefined ? "" : `, step ${step}`}`;
}
