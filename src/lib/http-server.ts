import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { ListenError } from "../domain/errors.ts";

type Socket = IncomingMessage["socket"];

/** Where to listen, and how much to put up with. */
export interface ListenOptions {
  /** Name or address of a local interface, such as `127.0.0.1` or `::1`. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The setting that chooses the port (`server.port`, `--port`); errors tell people to change it. */
  readonly portSetting?: string;
  /** Connections beyond this number are dropped at once; 1,024 unless told. */
  readonly maxConnections?: number;
  /** Told of a failure to take a connection, such as too many open files; the server goes on. */
  readonly onError?: (error: Error) => void;
}

/** A server that takes requests. */
export interface Listening {
  /** Base URL without a final slash; reachable from this machine also when the host is a wildcard. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Takes no new connection, drops idle ones, and resolves when the last request was answered; after `deadlineMs`
   * whatever is left is cut off. Every call returns the same promise.
   */
  close(deadlineMs: number): Promise<void>;
}

// Node's own defaults (60 s, 300 s, no cap) let a few slow clients hold every socket.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 1024;
// Longer than the pause between two calls of one page or one IdP cycle; Node's 5 s makes clients hit closing sockets.
const KEEP_ALIVE_TIMEOUT_MS = 30_000;

/**
 * Serves HTTP with bounded patience: 10 s for the header, 30 s for the whole request, a cap on connections.
 * Throws ListenError with one sentence that says what to do when the port is taken or may not be opened.
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  const silent = new Set<Socket>();
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", (request, response) => {
    silent.delete(request.socket);
    // `close` drops the connections that are idle then; those that become idle later have to be dropped as well.
    response.once("close", () => !server.listening && setImmediate(() => server.closeIdleConnections()));
    handler(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error): void => reject(new ListenError(explain(error, options), { cause: error }));
    server.once("error", refuse);
    server.listen(options.port, options.host, () => {
      server.off("error", refuse);
      resolve();
    });
  });
  server.on("error", (error) => options.onError?.(error));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${reachable(options.host)}:${port}`,
    host: options.host,
    port,
    close: (deadlineMs) => (closing ??= close(server, silent, deadlineMs)),
  };
}

/** `silent` are connections that never sent a whole request header: Node counts them as busy, but nobody waits there. */
function close(server: Server, silent: ReadonlySet<Socket>, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    for (const socket of silent) socket.destroy();
  });
}

function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function explain(error: Error, { host, port, portSetting }: ListenOptions): string {
  const code = "code" in error ? error.code : undefined;
  const other = portSetting === undefined ? "choose another port" : `set ${portSetting}`;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is already in use: stop the other program or ${other}`;
    case "EACCES":
      return `port ${port} on ${host} may not be opened by this user: ${other} to 1024 or above`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine: listen on 127.0.0.1, ::1 or 0.0.0.0`;
    default:
      return `cannot listen on ${host} port ${port}: ${error.message}`;
  }
}
