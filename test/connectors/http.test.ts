import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import test from "ava";
import type { ExecutionContext } from "ava";
import { createProductHttp, encodeId } from "../../src/connectors/http.ts";
import type { ProductCall, ProductHttpOptions, ProductSession } from "../../src/connectors/http.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { ConnectorFault } from "../../src/domain/errors.ts";
import { listen } from "../../src/lib/http-server.ts";
import { createManualClock } from "../support/manual-clock.ts";

const SIGNAL = new AbortController().signal;
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const TOKEN = "a-token-nobody-may-see";

/** A product that answers as told, and a client to it. `requests` counts what came. */
async function product(t: ExecutionContext, answer: RequestListener, options: Partial<ProductHttpOptions> = {}) {
  const requests: string[] = [];
  const server = await listen(
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      answer(request, response);
    },
    { host: "127.0.0.1", port: 0 },
  );
  t.teardown(() => server.close(0));
  const clock = createManualClock();
  const calls: ProductCall[] = [];
  const http = createProductHttp({
    product: "product",
    baseUrl: `${server.url}/api`,
    headers: { authorization: `Bearer ${TOKEN}`, "x-api-key": TOKEN },
    clock,
    onCall: (call) => calls.push(call),
    ...options,
  });
  const read = (signal: AbortSignal = SIGNAL) =>
    http.read({ method: "GET", path: "people", query: { email: "ana@acme.example" }, signal });
  const write = (expected: readonly number[] = []) =>
    http.write({ method: "POST", path: "people", json: { email: "ana@acme.example" }, signal: SIGNAL, expected });
  return { ...server, http, read, write, requests, calls, clock };
}

function answering(status: number, body: string, headers: Record<string, string> = JSON_TYPE): RequestListener {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** Fails unless the call ends in a ConnectorError that carries nothing it should not; gives that error. */
async function failure(t: ExecutionContext, call: Promise<unknown>): Promise<ConnectorError> {
  const error = await t.throwsAsync(call, { instanceOf: ConnectorError });
  t.notRegex(inspect(error, { depth: 10, showHidden: true }), /a-token-nobody-may-see|ana@acme|secret-of-the-body/);
  return error;
}

test("an answer is parsed, with the credentials sent and the query escaped", async (t) => {
  let authorization: string | undefined;
  const { read, requests, calls } = await product(t, (request, response) => {
    authorization = request.headers.authorization;
    response.writeHead(200, { "content-type": "application/scim+json" }).end('{"a":1}');
  });
  t.like(await read(), { status: 200, body: { a: 1 }, errorCode: undefined });
  t.deepEqual(requests, ["GET /api/people?email=ana%40acme.example"]);
  t.is(authorization, `Bearer ${TOKEN}`);
  t.like(calls, [{ method: "GET", status: 200, fault: null }]);
});

test("an answer without a body has none", async (t) => {
  const { write } = await product(t, (_, response) => response.writeHead(204).end());
  t.like(await write(), { status: 204, body: undefined, errorCode: undefined });
});

const reasons: readonly (readonly [number, ConnectorFault])[] = [
  [400, "rejected"],
  [401, "auth"],
  [403, "auth"],
  [404, "missing"],
  [408, "unavailable"],
  [409, "conflict"],
  [410, "missing"],
  [422, "rejected"],
  [429, "rate-limited"],
  [500, "unavailable"],
  [501, "unavailable"],
  [503, "unavailable"],
];
for (const [status, reason] of reasons) {
  test(`a write that is answered ${status} is ${reason}, and sent once`, async (t) => {
    const { write, requests, calls } = await product(t, answering(status, '{"message":"secret-of-the-body"}'));
    const error = await failure(t, write());
    t.is(error.reason, reason);
    const hint = status === 401 ? ". Check product.token in the configuration." : "";
    t.is(error.message, `product answered ${status} to POST /people${hint}`);
    t.is(requests.length, 1);
    t.like(calls, [{ status, fault: reason }]);
  });
}

test("a status that the caller expects is an answer, with the product's code", async (t) => {
  const errorCode = (body: unknown) => (body as { readonly code: string }).code;
  const { write } = await product(t, answering(409, '{"code":"name_taken"}'), { errorCode });
  t.like(await write([409]), { status: 409, body: { code: "name_taken" }, errorCode: "name_taken" });
  const error = await failure(t, write());
  t.is(error.message, "product answered 409 to POST /people (name_taken)");
});

test("a code that is not a word is not shown", async (t) => {
  const errorCode = (body: unknown) => (body as { readonly code: string }).code;
  const { write } = await product(t, answering(400, '{"code":"secret-of-the-body belongs to ana@acme.example"}'), {
    errorCode,
  });
  t.is((await failure(t, write())).message, "product answered 400 to POST /people");
});

test("a redirect is not followed, neither by reads nor by writes", async (t) => {
  const elsewhere = await product(t, answering(200, "{}"));
  const { read, write } = await product(t, answering(302, "", { location: elsewhere.url }));
  for (const call of [read, write]) {
    const error = await failure(t, call());
    t.is(error.reason, "unavailable");
    t.regex(error.message, /answered 302 .*redirects are not followed, check baseUrl/);
  }
  t.deepEqual(elsewhere.requests, []);
});

for (const [what, body, headers] of [
  ["HTML", "<html>secret-of-the-body</html>", { "content-type": "text/html" }],
  ["JSON that is called text", "{}", { "content-type": "text/plain" }],
  ["no content type", "{}", {}],
  ["half of a document", '{"items":[{"id":', JSON_TYPE],
  ["nesting without end", "[".repeat(10_000), JSON_TYPE],
] as const) {
  test(`${what} with status 200 is an error, not an answer`, async (t) => {
    const { read } = await product(t, answering(200, body, headers));
    const error = await failure(t, read());
    t.is(error.reason, "unavailable");
    t.regex(error.message, /with something that is not JSON/);
  });
}

test("an answer that is cut off is an error", async (t) => {
  const { read } = await product(t, (_, response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": "100" }).write('{"items":[]');
    setTimeout(() => response.destroy(), 10);
  });
  t.is((await failure(t, read())).reason, "unavailable");
});

test("an answer larger than the cap is refused while it comes, also when it is compressed", async (t) => {
  const bomb = gzipSync(JSON.stringify("x".repeat(5_000_000)));
  const { read } = await product(
    t,
    (_, response) => response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end(bomb),
    {
      maxResponseBytes: 1_000_000,
    },
  );
  const error = await failure(t, read());
  t.is(error.reason, "unavailable");
  t.regex(error.message, /more than can be taken/);
});

test("a product that is not there is unavailable", async (t) => {
  const { read, close, calls, clock } = await product(t, answering(200, "{}"));
  await close(0);
  const error = await failure(t, read());
  t.is(error.reason, "unavailable");
  t.regex(error.message, /^product did not answer GET \/people: nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/);
  t.is(calls.length, 3);
  t.like(calls[2], { status: null, fault: "unavailable" });
  t.deepEqual(clock.sleeps, [250, 1_000]);
});

test("a product that does not answer in time is unavailable", async (t) => {
  const { write } = await product(t, () => undefined, { requestTimeoutMs: 50 });
  const error = await failure(t, write());
  t.is(error.reason, "unavailable");
  t.regex(error.message, /ETIMEDOUT/);
});

test("a read is tried again after a failure that may pass, and then answers", async (t) => {
  const statuses = [503, 500, 200];
  const { read, clock, calls } = await product(t, (_, response) =>
    response.writeHead(statuses.shift() ?? 200, JSON_TYPE).end("{}"),
  );
  t.is((await read()).status, 200);
  t.deepEqual(clock.sleeps, [250, 1_000]);
  t.deepEqual(
    calls.map(({ status }) => status),
    [503, 500, 200],
  );
});

test("a read waits as long as the product asks, when that is short", async (t) => {
  let first = true;
  const { read, clock } = await product(t, (_, response) => {
    response.writeHead(first ? 429 : 200, first ? { ...JSON_TYPE, "retry-after": "3" } : JSON_TYPE).end("{}");
    first = false;
  });
  t.is((await read()).status, 200);
  t.deepEqual(clock.sleeps, [3_000]);
});

test("a long wait is the engine's: it is passed on, cut to 15 minutes", async (t) => {
  const { read, clock, requests } = await product(t, answering(429, "{}", { ...JSON_TYPE, "retry-after": "86400" }));
  const error = await failure(t, read());
  t.is(error.reason, "rate-limited");
  t.is(error.retryAfterMs, 900_000);
  t.deepEqual(clock.sleeps, []);
  t.is(requests.length, 1);
});

test("a read that cannot get better is not tried again", async (t) => {
  const { read, requests } = await product(t, answering(401, "{}"));
  t.is((await failure(t, read())).reason, "auth");
  t.is(requests.length, 1);
});

test("an abort ends a request that is under way, and no other follows", async (t) => {
  const stop = new AbortController();
  const { read, requests } = await product(t, () => stop.abort());
  const error = await failure(t, read(stop.signal));
  t.is(error.message, "GET /people was stopped before product answered");
  t.is(requests.length, 1);
});

test("ids that no product can have given are never sent", (t) => {
  t.is(encodeId("mem_01-A"), "mem_01-A");
  for (const id of ["", "a/b", "..", "a?b", "é", "x".repeat(129)]) {
    t.throws(() => encodeId(id), { instanceOf: ConnectorError, code: "connector.rejected" });
  }
});

test("requests keep to the pace that the product allows", async (t) => {
  const { read, clock, calls } = await product(t, answering(200, "{}"), { rateLimit: { perMinute: 60, reserve: 0 } });
  for (let i = 0; i < 3; i++) await read();
  t.is(clock.monotonicMs(), (2 * 60_250) / 60);
  const [first, ...others] = calls;
  t.like(first, { waitedMs: 0, perMinute: 60, budget: null });
  for (const { waitedMs, durationMs } of others) t.deepEqual([Math.round(waitedMs), durationMs], [1_004, 0]);
});

test("the pace follows the budget that the product states", async (t) => {
  let left = 3;
  const { read, clock, requests, calls } = await product(t, (_, response) => {
    left -= 1;
    const headers = { "x-ratelimit-limit": "10", "x-ratelimit-remaining": String(left), "x-ratelimit-reset": "30" };
    response.writeHead(200, { ...JSON_TYPE, ...headers }).end("{}");
  });
  await read();
  t.is(clock.monotonicMs(), 0);
  // Two of ten are the reserve of leavers: what is left to others is used up.
  await read();
  t.is(clock.monotonicMs(), 30_000);
  t.is(requests.length, 2);
  t.like(calls, [
    { waitedMs: 0, perMinute: null, budget: { limit: 10, remaining: 2, resetMs: 30_000 } },
    { waitedMs: 30_000, perMinute: null, budget: { limit: 10, remaining: 1, resetMs: 30_000 } },
  ]);
});

for (const [what, status, headers] of [
  ["a 429 with Retry-After", 429, { "retry-after": "20" }],
  ["a 503 with Retry-After", 503, { "retry-after": "20" }],
  ["a 429 that says when the budget comes back", 429, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "20" }],
] as const) {
  test(`${what} makes every request wait, not only the one`, async (t) => {
    let isBusy = true;
    const { read, write, clock, requests } = await product(t, (_, response) => {
      response.writeHead(isBusy ? status : 200, isBusy ? { ...JSON_TYPE, ...headers } : JSON_TYPE).end("{}");
      isBusy = false;
    });
    await failure(t, write());
    t.is(clock.monotonicMs(), 0);
    await Promise.all([read(), write()]);
    t.is(clock.monotonicMs(), 20_000);
    t.is(requests.length, 3);
  });
}

test("a 503 without Retry-After concerns its own request alone", async (t) => {
  const { write, clock } = await product(t, answering(503, "{}"));
  await failure(t, write());
  await failure(t, write());
  t.is(clock.monotonicMs(), 0);
});

test("during a long pause nothing is sent, and whoever asks learns how long it still is", async (t) => {
  const { write, read, requests, clock } = await product(t, answering(429, "{}", { "retry-after": "600" }));
  await failure(t, write());
  clock.advance(100_000);
  for (const call of [write, read]) {
    const error = await failure(t, call());
    t.is(error.reason, "rate-limited");
    t.is(error.retryAfterMs, 500_000);
    t.regex(error.message, /people was not sent: product takes no requests for another 500 s/);
  }
  t.is(requests.length, 1);
});

for (const how of ["read", "write"] as const) {
  test(`a ${how} that gives way while it waits was not sent, and says so`, async (t) => {
    const { http, write, requests } = await product(t, answering(429, "{}", { "retry-after": "20" }));
    await failure(t, write());
    const patience = AbortSignal.abort();
    const error = await failure(t, http[how]({ method: "GET", path: "people", signal: SIGNAL, patience }));
    t.is(error.reason, "rate-limited");
    t.is(error.message, "GET /people was not sent to product: it gave way while it waited");
    t.is(requests.length, 1);
  });
}

test("headers, media type, form and query are sent as told, and those of the request stand above the others", async (t) => {
  const seen: Record<string, unknown>[] = [];
  const { http, requests } = await product(
    t,
    (request, response) => {
      void request.toArray().then((chunks) => {
        const { accept, authorization, "content-type": type, "x-version": version } = request.headers;
        seen.push({ accept, authorization, type, version, body: Buffer.concat(chunks as Buffer[]).toString() });
        response.writeHead(204).end();
      });
    },
    { query: { key: "k&y" } },
  );
  const request = { method: "POST", path: "people", signal: SIGNAL } as const;
  await http.write({ ...request, json: { a: 1 }, contentType: "application/scim+json", query: { page: 2 } });
  await http.write({ ...request, form: { a: "1 2" }, headers: { accept: "application/scim+json", "x-version": "7" } });
  await http.write({ ...request, query: new URLSearchParams("id=1&id=2") });
  const authorization = `Bearer ${TOKEN}`;
  t.deepEqual(seen, [
    { accept: "application/json", authorization, type: "application/scim+json", version: undefined, body: '{"a":1}' },
    {
      accept: "application/scim+json",
      authorization,
      type: "application/x-www-form-urlencoded",
      version: "7",
      body: "a=1+2",
    },
    { accept: "application/json", authorization, type: undefined, version: undefined, body: "" },
  ]);
  t.deepEqual(
    requests,
    ["page=2&key=k%26y", "key=k%26y", "id=1&id=2&key=k%26y"].map((query) => `POST /api/people?${query}`),
  );
});

test("a key in the query is in no error", async (t) => {
  const { read, close } = await product(t, answering(401, "{}"), { query: { key: TOKEN } });
  await failure(t, read());
  await close(0);
  await failure(t, read());
});

test("whoever has to mend the credentials is told where they are", async (t) => {
  const { write } = await product(t, answering(401, "{}"), { credentialSetting: "product.apiKey" });
  t.is(
    (await failure(t, write())).message,
    "product answered 401 to POST /people. Check product.apiKey in the configuration.",
  );
});

const pauses: readonly (readonly [string, Record<string, string>, number | undefined, number | undefined])[] = [
  [
    "Retry-After, whatever the budget says",
    { "retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "50" },
    9,
    7_000,
  ],
  [
    "the end of the window, where there is no Retry-After",
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "120" },
    9,
    120_000,
  ],
  [
    "the end of a window that is too far off",
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "86400" },
    9,
    900_000,
  ],
  [
    "what the connector knows, where there is a budget left",
    { "x-ratelimit-remaining": "5", "x-ratelimit-reset": "50" },
    9_000,
    9_000,
  ],
  ["what the connector knows, where nothing is said", {}, 9_000, 9_000],
  ["what the connector knows, where nonsense is said", { "retry-after": "-5" }, 9_000, 9_000],
  ["nothing, where nobody knows", {}, undefined, undefined],
];
for (const [what, headers, pauseMs, expected] of pauses) {
  test(`a 429 asks for as long as this says: ${what}`, async (t) => {
    const { write, clock } = await product(t, answering(429, "{}", { ...JSON_TYPE, ...headers }), { pauseMs });
    t.is((await failure(t, write())).retryAfterMs, expected);
    // Everybody waits, where that is not for the engine to do; the budget may make them wait longer.
    if (expected === undefined || expected > 60_000) return;
    await failure(t, write());
    t.true(clock.monotonicMs() >= expected);
  });
}

test("the last budget that was stated is known", async (t) => {
  const stated = ["10", "9", undefined];
  const { http, read } = await product(t, (_, response) => {
    const remaining = stated.shift();
    response
      .writeHead(200, { ...JSON_TYPE, ...(remaining === undefined ? {} : { "x-ratelimit-remaining": remaining }) })
      .end("{}");
  });
  t.is(http.budget(), null);
  for (let i = 0; i < 3; i++) await read();
  t.deepEqual(http.budget(), { limit: null, remaining: 9, resetMs: null });
});

/** Credentials that are numbered: each time they expire, the next ones come. */
function numberedSession(): ProductSession & { readonly expired: readonly string[] } {
  const expired: string[] = [];
  let current = { authorization: "Bearer 1" };
  return {
    expired,
    headers: () => Promise.resolve(current),
    expire(headers) {
      expired.push(String(headers["authorization"]));
      current = { authorization: `Bearer ${expired.length + 1}` };
    },
  };
}

for (const how of ["read", "write"] as const) {
  test(`a ${how} that is answered 401 is sent once more with new credentials, and no third time`, async (t) => {
    const session = numberedSession();
    let taken = 2;
    const { [how]: call, requests } = await product(
      t,
      (request, response) => {
        const isTaken = request.headers.authorization === `Bearer ${taken}`;
        response.writeHead(isTaken ? 200 : 401, JSON_TYPE).end("{}");
      },
      { headers: {}, session },
    );
    t.is((await call()).status, 200);
    t.is(requests.length, 2);
    taken = 4;
    t.is((await failure(t, call())).reason, "auth");
    t.is(requests.length, 4);
    t.deepEqual(session.expired, ["Bearer 1", "Bearer 2"]);
  });
}

test("an expected 401 comes back as an answer, after one renewal", async (t) => {
  const session = numberedSession();
  const { write, requests } = await product(t, answering(401, "{}"), { session });
  t.is((await write([401])).status, 401);
  t.is(requests.length, 2);
});

test("of a refusal without end only the beginning is looked at, as a text", async (t) => {
  const said = JSON.stringify({ message: "limit ".repeat(200_000) });
  const { write } = await product(t, answering(400, said));
  t.like(await write([400]), { status: 400, body: undefined, text: said.slice(0, 65_536), errorCode: undefined });
});

test("an expected answer that is not JSON comes as its text", async (t) => {
  const { write } = await product(
    t,
    answering(500, "That address is taken", { "content-type": "text/plain", "x-a": "b" }),
  );
  const answer = await write([500]);
  t.like(answer, { status: 500, body: undefined, text: "That address is taken" });
  t.is(answer.header("x-a"), "b");
  t.is(answer.header("x-b"), undefined);
});
