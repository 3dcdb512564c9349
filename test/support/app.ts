import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExecutionContext } from "ava";
import got, { type Got, type Method } from "got";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { TokenScope } from "../../src/ports/tokens.ts";
import { createPrometheus } from "../../src/runtime/metrics/prometheus.ts";
import { createApp } from "../../src/server/app.ts";
import { ACME, openTestBridge, type BridgeOptions, type TestBridge } from "./bridge.ts";
import { createTestClock } from "./test-clock.ts";

/** The address that the bridge is told to hand out; not the one it listens on. */
export const PUBLIC_URL = "https://bridge.acme.example";

/** An answer, its body as JSON where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: JsonObject;
}

/** One request; `token` null sends none. */
export interface Ask {
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

/** The real HTTP face on a free port, over a bridge without its edges. */
export interface TestApp extends TestBridge {
  readonly url: string;
  /** A token of the directory `acme`, used unless a request says otherwise. */
  readonly token: string;
  ask(method: Method, path: string, ask?: Ask): Promise<Answer>;
  newToken(scope: TokenScope, directory?: DirectoryId | null): Promise<string>;
  /** From now on the process says that it is stopping. */
  stop(): void;
}

/** Starts it; everything ends with the test. */
export async function openTestApp(t: ExecutionContext, options: BridgeOptions = {}): Promise<TestApp> {
  const clock = options.clock ?? createTestClock();
  const prometheus = createPrometheus({ clock, version: "1.2.3", hasProcess: false });
  const bridge = await openTestBridge(t, { metrics: prometheus.metrics, ...options, clock });
  let isStopping = false;
  const services = bridge.services();
  const listener = createApp({
    services,
    ambient: bridge.ambient,
    metrics: prometheus.page(() => bridge.services().measures()),
    publicUrl: PUBLIC_URL,
    version: "0.0.0",
    isStopping: () => isStopping,
  });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const newToken = async (scope: TokenScope, directory: DirectoryId | null = null): Promise<string> =>
    (await services.tokens.create({ scope, directory, expiresInMs: null, author: "test" })).token;
  const token = await newToken("scim", ACME);
  const client = got.extend({ prefixUrl: url, throwHttpErrors: false, retry: { limit: 0 }, decompress: false });
  return {
    ...bridge,
    url,
    token,
    newToken,
    ask: (method, path, ask = {}) => send(client, method, path, { token, ...ask }),
    stop: () => void (isStopping = true),
  };
}

async function send(client: Got, method: Method, path: string, { json, body, headers, token }: Ask): Promise<Answer> {
  const response = await client(path, {
    method,
    headers: {
      ...(json === undefined && body === undefined ? {} : { "content-type": "application/scim+json" }),
      ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
    allowGetBody: true,
  });
  return { status: response.statusCode, headers: response.headers, text: response.body, body: parse(response.body) };
}

function parse(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}
