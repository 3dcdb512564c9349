import { ConnectorError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Clock } from "../../ports/ambient.ts";
import { sendingOf } from "../http.ts";
import type { Method, ProductAnswer, ProductHttp, ProductQuery, ProductRequest, Sending } from "../http.ts";
import { parseRetryAfter } from "../retry-after.ts";
import { failure } from "./evaluator.ts";
import type { Evaluator, Given, Place } from "./evaluator.ts";
import type { Scope } from "./expression.ts";
import { decide, statusesOf } from "./outcome.ts";
import type { Verdict } from "./outcome.ts";
import type { Recipe } from "./schema.ts";
import type { RecipeOutcome, RecipeRequest } from "./schema-request.ts";

/** One request of a recipe, and how it is sent. */
export interface Call {
  readonly request: RecipeRequest;
  readonly effect: "read" | "write";
  readonly outcomes: readonly RecipeOutcome[] | undefined;
  readonly scope: Scope;
  readonly place: Place;
  readonly how: Sending;
}

/** An answer, and what the outcome map makes of it. */
export interface Reply {
  readonly verdict: Verdict;
  readonly answer: ProductAnswer;
  /** For messages: `nobodys answered 409 to POST /users`. */
  readonly said: string;
}

/** Sends the requests of one recipe. Throws ConnectorError. */
export interface Caller {
  send(call: Call): Promise<Reply>;
  /** Asks for a page at a path and query that the product gave, both checked to be below the base URL. */
  follow(call: Call, next: Target): Promise<Reply>;
}

/** Where a request goes, below the base URL. */
export interface Target {
  readonly path: string;
  readonly query: ProductQuery;
}

/** What a caller works with. */
export interface CallerDeps {
  readonly recipe: Recipe;
  readonly http: ProductHttp;
  readonly evaluator: Evaluator;
  readonly clock: Clock;
  /** How long a 429 that says nothing closes the line. */
  readonly pauseMs: number;
}

/** A caller over the HTTP interface of the product. */
export function createCaller({ recipe, http, evaluator, clock, pauseMs }: CallerDeps): Caller {
  const { headers: fixed = {}, outcomes: last = [] } = recipe.defaults;

  async function exchange(call: Call, target: Target): Promise<Reply> {
    const { request, scope, place, effect, how } = call;
    const given: Given = { input: undefined, scope, place };
    const outcomes = [...(call.outcomes ?? []), ...last];
    const json = request.body === undefined ? undefined : await evaluator.fill(request.body, "body", given);
    const headers = await texts({ ...fixed, ...request.headers }, "headers", given);
    const made: ProductRequest = {
      method: request.method,
      ...target,
      ...sendingOf(how),
      headers,
      ...(json === undefined ? {} : { json }),
      ...(request.form === undefined ? {} : { form: await texts(request.form, "form", given) }),
      ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
      expected: statusesOf(outcomes),
    };
    const answer = await placed(place, () => (effect === "read" ? http.read(made) : http.write(made)));
    const said = `${recipe.name} answered ${answer.status} to ${spoken(request.method, target)}`;
    return { verdict: await decide(outcomes, answer, call, evaluator), answer, said };
  }

  async function texts(
    values: Readonly<Record<string, string | number | boolean>>,
    key: string,
    given: Given,
  ): Promise<Readonly<Record<string, string>>> {
    const filled: (readonly [string, string])[] = [];
    for (const [name, value] of Object.entries(values)) {
      const made = typeof value === "string" ? await evaluator.text(value, `${key}.${name}`, given) : value;
      if (made === undefined || made === null) continue;
      filled.push([name, textOf(made, `${key}.${name}`, given.place)]);
    }
    return Object.fromEntries(filled);
  }

  return {
    async send(call) {
      const given: Given = { input: undefined, scope: call.scope, place: call.place };
      const path = await evaluator.path(call.request.path, given);
      const reply = await exchange(call, { path, query: await texts(call.request.query ?? {}, "query", given) });
      return checked(reply, call.place);
    },
    follow: async (call, next) => checked(await exchange(call, next), call.place),
  };

  /** Passes on what the operation can deal with, and throws the rest. */
  function checked(reply: Reply, place: Place): Reply {
    const { verdict, answer, said } = reply;
    if ("goto" in verdict || verdict.is === "ok" || verdict.is === "already-so") return reply;
    const told = parseRetryAfter(answer.header("retry-after"), clock.now());
    const retryAfterMs = told ?? (verdict.is === "rate-limited" ? pauseMs : undefined);
    throw failure(verdict.is, said, place, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
}

function textOf(value: JsonValue, key: string, place: Place): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw failure("rejected", `${key} must be a text, a number or true or false`, place);
}

/** Paths hold ids, no names or addresses. */
function spoken(method: Method, { path }: Target): string {
  return `${method} /${path}`;
}

/** What the HTTP client throws, with the place in the recipe. */
async function placed<T>(place: Place, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { reason, message, retryAfterMs } = error;
    throw failure(reason, message, place, { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}
