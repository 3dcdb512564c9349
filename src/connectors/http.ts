import { ConnectorError } from "../domain/errors.ts";
import type { ConnectorFault } from "../domain/errors.ts";
import { createRateLimiter } from "../lib/rate-limiter.ts";
import type { RateLimit, RateLimiter, Turn } from "../lib/rate-limiter.ts";
import type { Clock } from "../ports/ambient.ts";
import type { ProductCall } from "../ports/metrics.ts";
import { heardFrom, readAnswer } from "./http-answer.ts";
import type { AnswerManners, RawAnswer } from "./http-answer.ts";
import { createExchange } from "./http-exchange.ts";
import type { ExchangeOptions } from "./http-exchange.ts";
import type { ProductAnswer, ProductRequest, Sending } from "./product-request.ts";
import type { BudgetHeaders } from "./rate-headers.ts";

export { faultOf } from "./http-answer.ts";
export type { ProductCall } from "../ports/metrics.ts";
export { sendingOf } from "./product-request.ts";
export type { Method, ProductAnswer, ProductQuery, ProductRequest, Sending } from "./product-request.ts";

/** Where a product is, and how to speak to it. */
export interface ProductHttpOptions extends ExchangeOptions, AnswerManners {
  /** Credentials that have to be fetched, and fetched again when the product does not take them any more. */
  readonly session?: ProductSession | undefined;
  readonly clock: Clock;
  readonly onCall?: ((call: ProductCall) => void) | undefined;
  /**
   * What the product allows us. With it or without it, the pace follows what the product says of its budget, a pause that
   * it asks for holds for every request, and every request, retries included, waits for its turn.
   */
  readonly rateLimit?: RateLimit | null | undefined;
}

/** Credentials of limited life: a login, an access token. */
export interface ProductSession {
  /** Headers that show who we are; fetches credentials where there are none. Throws ConnectorError. */
  headers(how: Sending): Promise<Readonly<Record<string, string>>>;
  /** Told that the product answered 401 to these headers: the next `headers` fetches new ones. */
  expire(headers: Readonly<Record<string, string>>): void;
}

/** A product's HTTP interface, with one way to fail: ConnectorError. */
export interface ProductHttp {
  /**
   * Asks something that changes nothing. Retried twice on `unavailable` and `rate-limited`, unless the product asks for
   * more than a minute of patience: that wait is the engine's.
   */
  read(request: ProductRequest): Promise<ProductAnswer>;
  /**
   * Sends a request once; `unavailable` means that nobody knows whether it took effect. A 401 did nothing: where there is a
   * session, it is renewed and the request sent once more.
   */
  write(request: ProductRequest): Promise<ProductAnswer>;
  /** What the product last said of its budget; null when it has not. */
  budget(): BudgetHeaders | null;
}

const READ_RETRY_DELAYS_MS = [250, 1_000];
const MAX_READ_WAIT_MS = 60_000;

/** A client that never follows redirects, never repeats a write, and takes nothing but JSON for an answer. */
export function createProductHttp(options: ProductHttpOptions): ProductHttp {
  const { clock, session } = options;
  const exchange = createExchange(options);
  const limiter = createRateLimiter(options.rateLimit ?? null, clock);
  const perMinute = options.rateLimit?.perMinute ?? null;
  let budget: BudgetHeaders | null = null;

  const once: Once = async (request, credentials, expected) => {
    const askedAt = clock.monotonicMs();
    const turn = await myTurn(limiter, request, options.product);
    let answer: RawAnswer | null = null;
    const startedAt = clock.monotonicMs();
    let fault: ConnectorFault | null = null;
    try {
      answer = await exchange(request, credentials);
      return readAnswer(answer, expected === undefined ? request : { ...request, expected }, options, clock.now());
    } catch (error) {
      fault = error instanceof ConnectorError ? error.reason : "unavailable";
      throw error;
    } finally {
      const heard = answer === null ? null : heardFrom(answer, options, clock.now());
      budget = heard?.budget ?? budget;
      turn.answered(heard);
      const status = answer?.statusCode ?? null;
      options.onCall?.({
        method: request.method,
        status,
        durationMs: clock.monotonicMs() - startedAt,
        waitedMs: startedAt - askedAt,
        fault,
        perMinute,
        budget: heard?.budget ?? null,
      });
    }
  };

  const send = session === undefined ? (request: ProductRequest) => once(request, {}) : signedIn(once, session);
  return { budget: () => budget, write: send, read: retrying(send, clock) };
}

type Once = (
  request: ProductRequest,
  credentials: Readonly<Record<string, string>>,
  expected?: readonly number[],
) => Promise<ProductAnswer>;
type Send = (request: ProductRequest) => Promise<ProductAnswer>;

/** Sends with fetched credentials; those that are answered 401 are fetched anew, once. */
function signedIn(once: Once, session: ProductSession): Send {
  return async (request) => {
    const old = await session.headers(request);
    const answer = await once(request, old, [...(request.expected ?? []), 401]);
    if (answer.status !== 401) return answer;
    session.expire(old);
    // Where the new ones are refused as well, whoever comes next finds that out, and fetches others.
    return once(request, await session.headers(request));
  };
}

/** Tries a read again after what may pass. */
function retrying(send: Send, clock: Clock): Send {
  return async (request) => {
    for (const delayMs of READ_RETRY_DELAYS_MS) {
      try {
        return await send(request);
      } catch (error) {
        if (!(error instanceof ConnectorError) || !error.retryable || hasToGo(request)) throw error;
        if ((error.retryAfterMs ?? 0) > MAX_READ_WAIT_MS) throw error;
        // A pause that the product asked for holds for everybody: the limiter keeps it.
        if (error.reason === "unavailable") await clock.sleep(error.retryAfterMs ?? delayMs, request.signal);
      }
    }
    return send(request);
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

/** Escapes one of the product's ids for a path. Throws ConnectorError `rejected` when it cannot be one of its ids. */
export function encodeId(id: string): string {
  if (!/^[\w-]{1,128}$/.test(id))
    throw new ConnectorError("rejected", "an id that the product cannot have given was not sent to it");
  return encodeURIComponent(id);
}
