import got, { RequestError } from "got";
import type { Got, RequestPromise, Response } from "got";
import { ConnectorError } from "../domain/errors.ts";
import type { ConnectorFault } from "../domain/errors.ts";
import { parseJson } from "../lib/parse-json.ts";
import { createRateLimiter } from "../lib/rate-limiter.ts";
import type { Heard, RateLimit, RateLimiter, Turn } from "../lib/rate-limiter.ts";
import type { Clock } from "../ports/ambient.ts";
import { parseBudget } from "./rate-headers.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** One request that was answered, or not, for health and metrics: no paths, ids or bodies. */
export interface ProductCall {
  readonly method: Method;
  /** Null when nothing was answered. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Null for an answer that the connector takes. */
  readonly fault: ConnectorFault | null;
}

/** Where a product is, and how to speak to it. */
export interface ProductHttpOptions {
  /** Named in messages. */
  readonly product: string;
  readonly baseUrl: string;
  /** Sent with every request; fixed credentials are here. */
  readonly headers: Readonly<Record<string, string>>;
  /** Credentials that have to be fetched, and fetched again when the product does not take them any more. */
  readonly session?: ProductSession | undefined;
  readonly clock: Clock;
  readonly onCall?: ((call: ProductCall) => void) | undefined;
  /**
   * What the product allows us. With it or without it, the pace follows what the product says of its budget, a pause that
   * it asks for holds for every request, and every request, retries included, waits for its turn.
   */
  readonly rateLimit?: RateLimit | null | undefined;
  /** The product's own code in the body of an error, if it has one. */
  errorCode?(body: unknown): string | undefined;
  /** How long everybody waits after a 429 that does not say how long; unless told, as the engine's back-off has it. */
  readonly pauseMs?: number;
  /** 30 s unless told; the connection must stand after 5 s. */
  readonly requestTimeoutMs?: number;
  /** 16 MiB unless told; counted after decompression. */
  readonly maxResponseBytes?: number;
}

/** Credentials of limited life: a login, an access token. */
export interface ProductSession {
  /** Headers that show who we are; fetches credentials where there are none. Throws ConnectorError. */
  headers(how: Sending): Promise<Readonly<Record<string, string>>>;
  /** Told that the product answered 401 to these headers: the next `headers` fetches new ones. */
  expire(headers: Readonly<Record<string, string>>): void;
}

/** Methods that products take. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How a request is sent: until when, and how it stands in the line of those that wait for the rate limit. */
export interface Sending {
  readonly signal: AbortSignal;
  /** Made for a leaver: goes before the others, and may use the reserve of the rate limit. */
  readonly urgent?: boolean | undefined;
  /** Aborted when a request that still waits for its turn should not be sent any more: it ends as `rate-limited`. */
  readonly patience?: AbortSignal | undefined;
}

/** One request. */
export interface ProductRequest extends Sending {
  readonly method: Method;
  /** Relative to the base URL, without a leading slash; made of constants and `encodeId`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent with this request only, such as the version of an operation. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Media type of `json`; `application/json` unless told. */
  readonly contentType?: string;
  /** Sent as `application/x-www-form-urlencoded` instead of `json`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Statuses that are not 2xx and that the caller understands: they come back as an answer. */
  readonly expected?: readonly number[];
}

/** What the product answered. `body` is parsed JSON, or undefined when there was none. */
export interface ProductAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The body of an expected status that is not 2xx and not JSON, as it came; undefined otherwise. Never to be shown. */
  readonly text: string | undefined;
  /** A header by its name in lower case; undefined when there is none. */
  header(name: string): string | undefined;
  /** From `errorCode`, for an expected status that is not 2xx. */
  readonly errorCode: string | undefined;
}

/** A product's HTTP interface, with one way to fail: ConnectorError. */
export interface ProductHttp {
  /**
   * Asks something that changes nothing. Retried twice on `unavailable` and `rate-limited`, unless the product asks for
   * more than a minute of patience: that wait is the engine's.
   */
  read(request: ProductRequest): Promise<ProductAnswer>;
  /** Sends a request once. `unavailable` means that nobody knows whether it took effect. */
  write(request: ProductRequest): Promise<ProductAnswer>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 64;
const READ_RETRY_DELAYS_MS = [250, 1_000];
const MAX_READ_WAIT_MS = 60_000;

/** A client that never follows redirects, never repeats a write, and takes nothing but JSON for an answer. */
export function createProductHttp(options: ProductHttpOptions): ProductHttp {
  const client = got.extend({
    prefixUrl: options.baseUrl,
    allowAbsoluteUrls: false,
    headers: { accept: "application/json", ...options.headers },
    followRedirect: false,
    throwHttpErrors: false,
    responseType: "text",
    retry: { limit: 0 },
    timeout: {
      connect: CONNECT_TIMEOUT_MS,
      secureConnect: CONNECT_TIMEOUT_MS,
      request: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    },
  });
  const { clock } = options;
  const limiter = createRateLimiter(options.rateLimit ?? null, clock);

  async function once(request: ProductRequest): Promise<ProductAnswer> {
    const session = await options.session?.headers(request);
    const turn = await myTurn(limiter, request, options.product);
    let response: Response<string> | null = null;
    const startedAt = clock.monotonicMs();
    let status: number | null = null;
    let fault: ConnectorFault | null = null;
    try {
      response = await exchange(client, request, options, session);
      status = response.statusCode;
      if (status === 401 && session !== undefined) options.session?.expire(session);
      return interpret(response, request, options);
    } catch (error) {
      fault = error instanceof ConnectorError ? error.reason : "unavailable";
      throw error;
    } finally {
      turn.answered(response === null ? null : heardFrom(response, clock.now(), options.pauseMs));
      options.onCall?.({ method: request.method, status, durationMs: clock.monotonicMs() - startedAt, fault });
    }
  }

  return {
    write: once,
    async read(request) {
      for (const delayMs of READ_RETRY_DELAYS_MS) {
        try {
          return await once(request);
        } catch (error) {
          if (!(error instanceof ConnectorError) || !error.retryable || hasToGo(request)) throw error;
          if ((error.retryAfterMs ?? 0) > MAX_READ_WAIT_MS) throw error;
          // A pause that the product asked for holds for everybody: the limiter keeps it.
          if (error.reason === "unavailable") await clock.sleep(error.retryAfterMs ?? delayMs, request.signal);
        }
      }
      return once(request);
    },
  };
}

/** True when nobody wants the answer any more, or others are to go first. */
function hasToGo({ signal, patience }: ProductRequest): boolean {
  return signal.aborted || patience?.aborted === true;
}

/** Waits until this request may be sent. Throws ConnectorError when it may not be: then it certainly was not. */
async function myTurn(
  limiter: RateLimiter,
  request: ProductRequest,
  product: string,
): Promise<Turn & { readonly granted: true }> {
  const turn = await limiter.turn(request);
  if (turn.granted) return turn;
  const what = `${request.method} /${request.path}`;
  switch (turn.why) {
    case "stopped":
      throw new ConnectorError("unavailable", `${what} was stopped before ${product} answered`);
    case "impatient":
      throw new ConnectorError("rate-limited", `${what} was not sent to ${product}: it gave way while it waited`);
    case "closed": {
      const seconds = Math.ceil(turn.waitMs / 1_000);
      const detail = `${what} was not sent: ${product} takes no requests for another ${seconds} s`;
      throw new ConnectorError("rate-limited", detail, { retryAfterMs: turn.waitMs });
    }
  }
}

/** What an answer says of the pace, whatever else it says. */
function heardFrom({ statusCode, headers }: Response<string>, now: string, pauseMs: number | undefined): Heard {
  const told = parseRetryAfter(headers["retry-after"], now);
  const retryAfterMs = told ?? (statusCode === 429 ? pauseMs : undefined);
  const isBusy = statusCode === 503 && retryAfterMs !== undefined;
  return { budget: parseBudget(headers, now), refused: statusCode === 429 || isBusy, retryAfterMs };
}

/** Sends one request and takes its answer, whatever its status, up to the size that is allowed. */
async function exchange(
  client: Got,
  request: ProductRequest,
  options: ProductHttpOptions,
  session: Readonly<Record<string, string>> = {},
): Promise<Response<string>> {
  const maxBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
  const tooLarge = new AbortController();
  try {
    const { method, path, query = {}, json, form, contentType, signal } = request;
    signal.throwIfAborted();
    const pending: RequestPromise<Response<string>> = client(path, {
      method,
      searchParams: query,
      ...(json === undefined ? {} : { json }),
      ...(form === undefined ? {} : { form }),
      headers: {
        ...session,
        ...(json === undefined || contentType === undefined ? {} : { "content-type": contentType }),
        ...request.headers,
      },
      signal: AbortSignal.any([signal, tooLarge.signal]),
    });
    void pending.on("downloadProgress", ({ transferred }) => {
      if (transferred > maxBytes) tooLarge.abort();
    });
    return await pending;
  } catch (error) {
    throw toConnectorError(error, options.product, request, tooLarge.signal.aborted);
  }
}

/** Escapes one of the product's ids for a path. Throws ConnectorError `rejected` when it cannot be one of its ids. */
export function encodeId(id: string): string {
  if (!/^[\w-]{1,128}$/.test(id))
    throw new ConnectorError("rejected", "an id that the product cannot have given was not sent to it");
  return encodeURIComponent(id);
}

function interpret(response: Response<string>, request: ProductRequest, options: ProductHttpOptions): ProductAnswer {
  const { statusCode: status } = response;
  const good = status >= 200 && status < 300;
  if (!good && request.expected?.includes(status) !== true) {
    throw refusal(response, request, options);
  }
  const header = (name: string): string | undefined => textOf(response.headers[name]);
  if (response.body === "") return { status, body: undefined, text: undefined, header, errorCode: undefined };
  const body = parseAnswer(response);
  if (body === NOT_JSON && !good) return { status, body: undefined, text: response.body, header, errorCode: undefined };
  if (body === NOT_JSON) {
    throw new ConnectorError(
      "unavailable",
      `${said(options.product, request, status)}, with something that is not JSON`,
    );
  }
  return { status, body, text: undefined, header, errorCode: good ? undefined : codeOf(body, options) };
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

function refusal(response: Response<string>, request: ProductRequest, options: ProductHttpOptions): ConnectorError {
  const { statusCode: status, headers } = response;
  const code = codeOf(parseAnswer(response), options);
  const told = parseRetryAfter(headers["retry-after"], options.clock.now());
  const retryAfterMs = told ?? (status === 429 ? options.pauseMs : undefined);
  const message = `${said(options.product, request, status)}${code === undefined ? "" : ` (${code})`}${hintOf(status)}`;
  return new ConnectorError(faultOf(status), message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** What to do about it, where it is the configuration's fault. */
function hintOf(status: number): string {
  if (status === 401) return ". Check product.token in the configuration.";
  return status >= 300 && status < 400 ? "; redirects are not followed, check baseUrl" : "";
}

function faultOf(status: number): ConnectorFault {
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

const NOT_JSON = Symbol("not JSON");

function parseAnswer({ headers, body }: Response<string>): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(headers["content-type"] ?? "")) return NOT_JSON;
  try {
    return parseJson(body, MAX_DEPTH);
  } catch {
    return NOT_JSON;
  }
}

/** A product's code may be shown only when it is a word: nothing else of its answer is. */
function codeOf(body: unknown, options: ProductHttpOptions): string | undefined {
  const code = options.errorCode?.(body);
  return code !== undefined && /^[\w.:-]{1,64}$/.test(code) ? code : undefined;
}

function said(product: string, { method, path }: ProductRequest, status: number): string {
  return `${product} answered ${status} to ${method} /${path}`;
}

/** Nothing of got's error is kept but its text: it carries the request with its credentials, and the answer. */
function toConnectorError(error: unknown, product: string, request: ProductRequest, tooLarge: boolean): ConnectorError {
  const what = `${request.method} /${request.path}`;
  if (tooLarge) return new ConnectorError("unavailable", `${product} answered ${what} with more than can be taken`);
  if (request.signal.aborted)
    return new ConnectorError("unavailable", `${what} was stopped before ${product} answered`);
  const code = error instanceof RequestError ? error.code : "unknown error";
  return new ConnectorError("unavailable", `${product} did not answer ${what}: ${code}`);
}
