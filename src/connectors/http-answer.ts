import { ConnectorError } from "../domain/errors.ts";
import type { ConnectorFault } from "../domain/errors.ts";
import type { Heard } from "../lib/rate-limiter.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { ProductAnswer, ProductRequest } from "./product-request.ts";
import { parseBudget } from "./rate-headers.ts";
import type { BudgetHeaders, ResponseHeaders } from "./rate-headers.ts";
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from "./retry-after.ts";

/** An answer as it came, whole and of a size that is allowed. */
export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
}

/** What answers of one product are read by. */
export interface AnswerManners {
  /** Named in messages. */
  readonly product: string;
  /** The product's own code in the body of an error, if it has one. */
  errorCode?(body: unknown): string | undefined;
  /** How long everybody waits after a 429 that does not say how long; unless told, as the engine's back-off has it. */
  readonly pauseMs?: number | undefined;
  /** What the headers say of the budget, where the product has names of its own for them; RateLimit headers unless told. */
  readonly readBudget?: ((headers: ResponseHeaders, now: string) => BudgetHeaders | null) | undefined;
  /** The setting that holds the credentials, for whoever has to mend them; `product.token` unless told. */
  readonly credentialSetting?: string | undefined;
}

const MAX_DEPTH = 64;
const NOT_JSON = Symbol("not JSON");
/** Refusals are short. Of a longer one only this much is looked at, as a text: its words are compared with patterns. */
const MOST_OF_A_REFUSAL = 65_536;

/** The answer, when it is one that the caller takes; else throws ConnectorError. `now` is RFC 3339. */
export function readAnswer(
  raw: RawAnswer,
  request: ProductRequest,
  manners: AnswerManners,
  now: string,
): ProductAnswer {
  const { statusCode: status } = raw;
  const isGood = status >= 200 && status < 300;
  if (!isGood && request.expected?.includes(status) !== true) throw refusal(raw, request, manners, now);
  const header = (name: string): string | undefined => textOf(raw.headers[name]);
  const bare = { status, body: undefined, text: undefined, header, errorCode: undefined };
  if (raw.body === "") return bare;
  if (!isGood && raw.body.length > MOST_OF_A_REFUSAL) return { ...bare, text: raw.body.slice(0, MOST_OF_A_REFUSAL) };
  const body = parseBody(raw);
  if (body === NOT_JSON && !isGood) return { ...bare, text: raw.body };
  if (body === NOT_JSON) {
    const message = `${said(manners.product, request, status)}, with something that is not JSON`;
    throw new ConnectorError("unavailable", message);
  }
  return { ...bare, body, errorCode: isGood ? undefined : codeOf(body, manners) };
}

/** What an answer says of the pace, whatever else it says. `now` is RFC 3339. */
export function heardFrom(raw: RawAnswer, manners: AnswerManners, now: string): Heard {
  const { statusCode } = raw;
  const retryAfterMs = pauseOf(raw, manners, now);
  const isBusy = statusCode === 503 && retryAfterMs !== undefined;
  return { budget: budgetOf(raw, manners, now), refused: statusCode === 429 || isBusy, retryAfterMs };
}

/** What a status that is not 2xx means, where nothing more is known of it. */
export function faultOf(status: number): ConnectorFault {
  switch (status) {
    case 401:
    case 403:
      return "auth";
    case 404:
    case 410:
      return "missing";
    case 409:
      return "conflict";
    case 429:
      return "rate-limited";
    case 408:
    case 425:
      return "unavailable";
    default:
      return status >= 400 && status < 500 ? "rejected" : "unavailable";
  }
}

/** `Retry-After`; at a 429 else the time until the stated budget comes back, else what the connector knows. */
function pauseOf(raw: RawAnswer, manners: AnswerManners, now: string): number | undefined {
  const { statusCode, headers } = raw;
  const told = parseRetryAfter(textOf(headers["retry-after"]), now);
  if (told !== undefined || statusCode !== 429) return told;
  const budget = budgetOf(raw, manners, now);
  const untilReset = budget?.remaining === 0 ? budget.resetMs : null;
  return untilReset === null ? manners.pauseMs : Math.min(untilReset, MAX_RETRY_AFTER_MS);
}

function budgetOf(
  { headers }: RawAnswer,
  { readBudget = parseBudget }: AnswerManners,
  now: string,
): BudgetHeaders | null {
  return readBudget(headers, now);
}

function refusal(raw: RawAnswer, request: ProductRequest, manners: AnswerManners, now: string): ConnectorError {
  const { statusCode: status } = raw;
  const code = codeOf(parseBody(raw), manners);
  const retryAfterMs = pauseOf(raw, manners, now);
  const told = code === undefined ? "" : ` (${code})`;
  const message = `${said(manners.product, request, status)}${told}${hintOf(status, manners)}`;
  return new ConnectorError(faultOf(status), message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** What to do about it, where it is the configuration's fault. */
function hintOf(status: number, { credentialSetting = "product.token" }: AnswerManners): string {
  if (status === 401) return `. Check ${credentialSetting} in the configuration.`;
  return status >= 300 && status < 400 ? "; redirects are not followed, check baseUrl" : "";
}

function parseBody({ headers, body }: RawAnswer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(textOf(headers["content-type"]) ?? "")) return NOT_JSON;
  try {
    return parseJson(body, MAX_DEPTH);
  } catch {
    return NOT_JSON;
  }
}

/** A product's code may be shown only when it is a word: nothing else of its answer is. */
function codeOf(body: unknown, manners: AnswerManners): string | undefined {
  const code = manners.errorCode?.(body);
  return code !== undefined && /^[\w.:-]{1,64}$/.test(code) ? code : undefined;
}

function said(product: string, { method, path }: ProductRequest, status: number): string {
  return `${product} answered ${status} to ${method} /${path}`;
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
