import { connect, type Socket } from "node:net";
import { quantile } from "./statistics.ts";

/** One request to be sent. */
export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** A steady load: each connection sends its next request as soon as the last one was answered. */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request with this number, counted from 0 over all connections. */
  next(number: number): LoadRequest;
  /** The status that every answer must have. */
  readonly status: number;
  /** Time that the server has spent on a core so far; milliseconds. */
  cpuMs(): Promise<number>;
}

/** What came of a load, without its warm-up. */
export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds from the first byte sent to the last one received. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds on a core of the server for each request, the warm-up included. */
  readonly cpuUs: number;
}

const WARM_UP_SHARE = 0.25;

/**
 * Sends a load over keep-alive connections. Written for this: autocannon spends two to three times as much of the two cores
 * on a request, which the server then lacks. Throws when an answer has another status, or a connection breaks.
 */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const cpuBeforeMs = await options.cpuMs();
  const beginMs = performance.now();
  const warmMs = beginMs + options.durationMs * WARM_UP_SHARE;
  const endMs = warmMs + options.durationMs;
  const latencies: number[] = [];
  let sent = 0;
  const worker = async (): Promise<void> => {
    const connection = await openConnection(options);
    while (performance.now() < endMs) {
      const startMs = performance.now();
      const answer = await connection.ask(options.next(sent++));
      const doneMs = performance.now();
      if (answer.status !== options.status) {
        throw new Error(`A request of the load was answered with ${answer.status}: ${answer.body.slice(0, 500)}`);
      }
      if (doneMs >= warmMs && doneMs <= endMs) latencies.push(doneMs - startMs);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  return {
    perSecond: (latencies.length * 1_000) / options.durationMs,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuUs: (((await options.cpuMs()) - cpuBeforeMs) * 1_000) / sent,
  };
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Connection {
  ask(request: LoadRequest): Promise<Answer>;
  close(): void;
}

/** Sends one request on a connection of its own. */
export async function askOnce(
  { url, headers }: Pick<LoadOptions, "url" | "headers">,
  request: LoadRequest,
): Promise<Answer> {
  const connection = await openConnection({ url, headers });
  try {
    return await connection.ask(request);
  } finally {
    connection.close();
  }
}

async function openConnection({ url, headers }: Pick<LoadOptions, "url" | "headers">): Promise<Connection> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const common = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    ask(request) {
      socket.write(toText(request, common.join("")));
      return readAnswer(socket);
    },
    close: () => socket.destroy(),
  };
}

function toText({ method, path, body }: LoadRequest, headers: string): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  return `${method} ${path} HTTP/1.1\r\n${headers}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** One answer, whose length is told in its header: nothing here sends chunks. */
function readAnswer(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let head: { readonly status: number; readonly length: number; readonly end: number } | null = null;
    const settle = (): void => void socket.off("data", take).off("close", broken);
    const broken = (): void => {
      settle();
      reject(new Error("The server closed a connection of the load before it answered."));
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      received += chunk.length;
      head ??= readHead(chunks.length === 1 ? chunk : Buffer.concat(chunks));
      if (head === null || received < head.end + head.length) return;
      settle();
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      resolve({ status: head.status, body: bytes.toString("utf8", head.end) });
    };
    socket.on("data", take).on("close", broken);
  });
}

function readHead(bytes: Buffer): { status: number; length: number; end: number } | null {
  const at = bytes.indexOf(HEAD_END);
  if (at === -1) return null;
  const text = bytes.toString("latin1", 0, at);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? "0";
  return {
    status: Number(text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)),
    length: Number(length),
    end: at + HEAD_END.length,
  };
}
