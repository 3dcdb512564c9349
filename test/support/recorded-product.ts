import type { ExecutionContext } from "ava";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** What a product answers; status 200 unless told. */
export interface RecordedAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** One request that came. */
export interface RecordedRequest {
  /** Method and path: `GET /users`. */
  readonly line: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** A product that listens. */
export interface Recorded {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
}

type Answer = RecordedAnswer | ((body: unknown) => RecordedAnswer);

/** Serves fixed answers by method and path, and 404 to anything else, until the test ends; keeps what came. */
export async function startRecorded(t: ExecutionContext, answers: Readonly<Record<string, Answer>>): Promise<Recorded> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString("utf8");
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const line = `${request.method} ${pathname}`;
      requests.push({ line, query: searchParams, body });
      const answer = answers[line] ?? { status: 404, body: {} };
      const made = typeof answer === "function" ? answer(body) : answer;
      response.writeHead(made.status ?? 200, { "content-type": "application/json" }).end(JSON.stringify(made.body));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
