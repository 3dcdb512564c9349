import { request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import test from "ava";
import type { ExecutionContext } from "ava";
import { listen } from "../../src/lib/http-server.ts";
import { BodyError, readJsonBody } from "../../src/lib/read-body.ts";
import type { BodyLimits } from "../../src/lib/read-body.ts";

/** A server that reads one body and tells what became of it. */
async function reader(t: ExecutionContext, limits: BodyLimits) {
  const outcomes: unknown[] = [];
  const arrived = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const reading = readJsonBody(request, limits);
    arrived.resolve();
    try {
      const value = await reading;
      outcomes.push(value);
      return response.end(JSON.stringify({ value }));
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      outcomes.push(error);
      return response.writeHead(error.status).end(JSON.stringify({ code: error.code }));
    } finally {
      settled.resolve();
    }
  };
  const where = { host: "127.0.0.1", port: 0 };
  const server = await listen((request, response) => void answer(request, response), where);
  t.teardown(() => server.close(0));
  return { ...server, outcomes, arrived: arrived.promise, settled: settled.promise };
}

async function post(url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("a JSON body is read", async (t) => {
  const { url } = await reader(t, { maxBytes: 100 });
  t.deepEqual(await post(url, '{"name":"Zoë"}'), { status: 200, body: { value: { name: "Zoë" } } });
});

test("an empty body is undefined", async (t) => {
  const { url, outcomes } = await reader(t, { maxBytes: 100 });
  await post(url, "");
  t.deepEqual(outcomes, [undefined]);
});

test("a body of exactly the limit is taken, one byte more is 413", async (t) => {
  const { url } = await reader(t, { maxBytes: 10 });
  t.is((await post(url, '"12345678"')).status, 200);
  t.deepEqual(await post(url, '"123456789"'), { status: 413, body: { code: "body.too-large" } });
});

test("the bytes that come are counted, not those that were announced", async (t) => {
  const { url } = await reader(t, { maxBytes: 1_000 });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = httpRequest(url, { method: "POST" }, (response) => resolve(response.resume().statusCode));
    outgoing.once("error", reject);
    for (let i = 0; i < 50; i++) outgoing.write("[".repeat(1_000));
    outgoing.end();
  });
  t.is(status, 413);
});

test("a connection serves on after a body that was too large", async (t) => {
  const { url } = await reader(t, { maxBytes: 10 });
  await post(url, "x".repeat(500_000));
  t.is((await post(url, "[]")).status, 200);
});

test("a compressed body is refused with 415", async (t) => {
  const { url } = await reader(t, { maxBytes: 1_000 });
  const zipped = new Uint8Array(gzipSync("[]"));
  t.deepEqual(await post(url, zipped, { "content-encoding": "gzip" }), {
    status: 415,
    body: { code: "body.encoding" },
  });
  t.is((await post(url, "[]", { "content-encoding": "identity" })).status, 200);
});

test("bytes that are not UTF-8 are refused", async (t) => {
  const { url } = await reader(t, { maxBytes: 1_000 });
  t.deepEqual(await post(url, new Uint8Array([0x22, 0xff, 0x22])), { status: 400, body: { code: "body.not-utf8" } });
});

test("a byte order mark is ignored", async (t) => {
  const { url } = await reader(t, { maxBytes: 1_000 });
  t.deepEqual((await post(url, "\ufeff[1]")).body, { value: [1] });
});

for (const [what, text, code] of [
  ["text that is not JSON", "{nope", "body.not-json"],
  ["a NUL escape", '["\\u0000"]', "body.nul"],
  ["nesting beyond the limit", "[[[[]]]]", "body.too-deep"],
] as const) {
  test(`${what} is refused with 400 and quotes nothing`, async (t) => {
    const { url, outcomes } = await reader(t, { maxBytes: 1_000, maxDepth: 3 });
    t.deepEqual(await post(url, text), { status: 400, body: { code } });
    t.false(String(outcomes[0]).includes(text));
  });
}

test("a client that goes away in the middle is told as such", async (t) => {
  const { port, outcomes, arrived, settled } = await reader(t, { maxBytes: 1_000 });
  const socket = connect(port, "127.0.0.1");
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"a":');
  await arrived;
  socket.destroy();
  await settled;
  t.is((outcomes[0] as BodyError).code, "body.aborted");
});
