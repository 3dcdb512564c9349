/**
 * A reverse proxy that spoils what a product answers, byte by byte: for answers that no framework would give. It stands
 * in front of any HTTP product, twin or sandbox; the connector is given the spoiler's URL as its base URL.
 *
 *     const spoiler = await startSpoiler(t, twin.url);
 *     spoiler.spoil({ kind: "drip" }, { method: "GET" });
 *
 * A twin of `startTwin` has one built in: `twin.spoiler`, at `twin.url`. The `Host` of a request is passed on, so that
 * absolute links of a twin lead to the spoiler.
 */
import { request as forward } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { ExecutionContext } from "ava";
import { listen } from "../../../src/lib/http-server.ts";

/** What a caller gets to see. */
export interface SpoiltAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an answer is spoilt. */
export type Spoiling =
  /** In place of the product's: the request never gets there. */
  | ({ readonly kind: "answer" } & SpoiltAnswer)
  /** The request gets there, and this is seen instead of the answer. */
  | ({ readonly kind: "answer-after-effect" } & SpoiltAnswer)
  /** The product's answer, changed. */
  | { readonly kind: "change"; readonly change: (answer: SpoiltAnswer) => SpoiltAnswer }
  /** JSON that begins well and never ends, as fast as it can be taken. */
  | { readonly kind: "endless" }
  /** The same, a byte every 20 ms. */
  | { readonly kind: "drip" };

/** Which requests are spoilt: all, unless told. */
export interface SpoilMatch {
  readonly method?: RegExp;
  /** Requests that fit, to let pass first. */
  readonly after?: number;
}

/** A product that can be spoilt. */
export interface Spoiler {
  /** With the path of the product's. */
  readonly url: string;
  /** Replaces what was told before. */
  spoil(how: Spoiling, match?: SpoilMatch): void;
  heal(): void;
  /** Requests so far, as `GET /path?query`. */
  requests(): readonly string[];
}

/** Stands in front of the product at this URL until the test ends. */
export async function startSpoiler(t: ExecutionContext, target: string): Promise<Spoiler> {
  const spoiling = createSpoiling();
  const { url, close } = await listen(spoiling.listener(new URL(target).origin, null), { host: "127.0.0.1", port: 0 });
  t.teardown(() => close(0));
  return { ...spoiling.controls, url: `${url}${new URL(target).pathname.replace(/\/$/, "")}` };
}

/** A spoiler without a server of its own. */
export interface SpoilingCore {
  readonly controls: Omit<Spoiler, "url">;
  /** Serves what is spoilt, by asking at `origin`; the rest goes to `direct`, or to `origin` as well where that is null. */
  listener(origin: string, direct: RequestListener | null): RequestListener;
}

/** Nothing is spoilt yet. */
export function createSpoiling(): SpoilingCore {
  const requests: string[] = [];
  let rule: { readonly how: Spoiling; readonly match: SpoilMatch; toPass: number } | null = null;
  const take = (method: string): Spoiling | null => {
    if (rule === null || rule.match.method?.test(method) === false) return null;
    return rule.toPass-- > 0 ? null : rule.how;
  };
  return {
    controls: {
      spoil: (how, match = {}) => void (rule = { how, match, toPass: match.after ?? 0 }),
      heal: () => void (rule = null),
      requests: () => [...requests],
    },
    listener: (origin, direct) => (request, response) => {
      // What the spoiler itself asks, where it stands within the product's own server.
      const isOwn = request.headers[OWN] !== undefined;
      delete request.headers[OWN];
      if (isOwn && direct !== null) return direct(request, response);
      requests.push(`${request.method} ${request.url}`);
      const how = take(request.method ?? "");
      if (how === null && direct !== null) return direct(request, response);
      void answer(origin, request, response, how);
    },
  };
}

const OWN = "x-asked-by-the-spoiler";

async function answer(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
  how: Spoiling | null,
): Promise<void> {
  if (how?.kind === "answer" || how?.kind === "endless" || how?.kind === "drip") {
    request.resume();
    if (how.kind === "answer") return send(response, how);
    return how.kind === "drip" ? drip(response) : pour(response);
  }
  const received = await pass(origin, request);
  if (received === null) return void response.destroy();
  if (how?.kind === "answer-after-effect") return send(response, how);
  send(response, how?.kind === "change" ? how.change(received) : received);
}

function send(response: ServerResponse, { status, headers, body }: SpoiltAnswer): void {
  const length = body === "" && status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** The product's own answer; null when it cut the connection. */
function pass(origin: string, request: IncomingMessage): Promise<SpoiltAnswer | null> {
  return new Promise((resolve) => {
    const upstream = forward(
      `${origin}${request.url ?? ""}`,
      { method: request.method, headers: { ...request.headers, [OWN]: "1" }, agent: false },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => void chunks.push(chunk));
        reply.on("error", () => resolve(null));
        reply.on("end", () =>
          resolve({
            status: reply.statusCode ?? 0,
            headers: endToEnd(reply.headers),
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    upstream.on("error", () => resolve(null));
    request.pipe(upstream);
  });
}

/** What concerns the connection, or the length before the change, is not passed on. */
function endToEnd(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const own = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !own.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

const BEGINNING = '{"data":[';
const JSON_TYPE = { "content-type": "application/json" };

function pour(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE).write(BEGINNING);
  const megabyte = " ".repeat(1_048_576);
  const more = (): void => {
    while (!response.destroyed && response.write(megabyte)) continue;
  };
  response.on("drain", more);
  more();
}

function drip(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE).write(BEGINNING);
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
}
