/** Where a request leads below the base URL: `query` may repeat a name only as URLSearchParams. */
export type ProductQuery = Readonly<Record<string, string | number>> | URLSearchParams;

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

/** Nothing but how a request is sent: what is handed over may hold more. */
export function sendingOf({ signal, urgent, patience }: Sending): Sending {
  return { signal, urgent, patience };
}

/** One request. */
export interface ProductRequest extends Sending {
  readonly method: Method;
  /** Relative to the base URL, without a leading slash; made of constants and `encodeId`. */
  readonly path: string;
  readonly query?: ProductQuery;
  /** Sent with this request only, such as the version of an operation or an `accept` of its own; stands above all others. */
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
