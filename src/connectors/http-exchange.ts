import got, { RequestError } from "got";
import type { RequestPromise, Response } from "got";
import { ConnectorError } from "../domain/errors.ts";
import { connectionFault } from "./connection-fault.ts";
import type { RawAnswer } from "./http-answer.ts";
import type { ProductRequest } from "./product-request.ts";

/** Where requests go, what they all carry, and how much is put up with. */
export interface ExchangeOptions {
  /** Named in messages. */
  readonly product: string;
  readonly baseUrl: string;
  /** Sent with every request; fixed credentials are here. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with every request, in the query: a key that has no place in a header. Never shown. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** From the first byte that is sent to the last that is answered; 30 s unless told. The connection must stand after 5 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** 16 MiB unless told; counted after decompression. */
  readonly maxResponseBytes?: number | undefined;
}

/** Sends one request and takes its answer, whatever its status. Throws ConnectorError `unavailable`. */
export type Exchange = (request: ProductRequest, credentials: Readonly<Record<string, string>>) => Promise<RawAnswer>;

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Follows no redirect, repeats nothing, and stops what comes too slowly or is too much. */
export function createExchange(options: ExchangeOptions): Exchange {
  const maxBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
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
  return async (request, credentials) => {
    const tooLarge = new AbortController();
    try {
      const { method, path, json, form, signal } = request;
      signal.throwIfAborted();
      const pending: RequestPromise<Response<string>> = client(path, {
        method,
        searchParams: queryOf(request, options),
        ...(json === undefined ? {} : { json }),
        ...(form === undefined ? {} : { form }),
        headers: headersOf(request, credentials),
        signal: AbortSignal.any([signal, tooLarge.signal]),
      });
      void pending.on("downloadProgress", ({ transferred }) => {
        if (transferred > maxBytes) tooLarge.abort();
      });
      return await pending;
    } catch (error) {
      throw toConnectorError(error, options, request, tooLarge.signal.aborted);
    }
  };
}

function queryOf({ query = {} }: ProductRequest, options: ExchangeOptions): URLSearchParams {
  const made = new URLSearchParams(query instanceof URLSearchParams ? query : undefined);
  const named = { ...(query instanceof URLSearchParams ? {} : query), ...options.query };
  for (const [name, value] of Object.entries(named)) made.append(name, String(value));
  return made;
}

function headersOf(
  { json, contentType, headers }: ProductRequest,
  credentials: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const type = json === undefined || contentType === undefined ? {} : { "content-type": contentType };
  return { ...credentials, ...type, ...headers };
}

/** Nothing of got's error is kept but its code: it carries the request with its credentials, and the answer. */
function toConnectorError(
  error: unknown,
  { product, baseUrl }: ExchangeOptions,
  request: ProductRequest,
  tooLarge: boolean,
): ConnectorError {
  const what = `${request.method} /${request.path}`;
  if (tooLarge) return new ConnectorError("unavailable", `${product} answered ${what} with more than can be taken`);
  if (request.signal.aborted)
    return new ConnectorError("unavailable", `${what} was stopped before ${product} answered`);
  const fault = error instanceof RequestError ? connectionFault(error.code, baseUrl) : "unknown error";
  return new ConnectorError("unavailable", `${product} did not answer ${what}: ${fault}`);
}
