import type { IncomingMessage } from "node:http";
import { inspect } from "node:util";
import test from "ava";
import type { ExecutionContext } from "ava";
import { createClientCredentials } from "../../../src/connectors/auth/client-credentials.ts";
import type { ClientCredentials } from "../../../src/connectors/auth/client-credentials.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { ConnectorFault } from "../../../src/domain/errors.ts";
import { listen } from "../../../src/lib/http-server.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const SIGNAL = new AbortController().signal;
const HOW = { signal: SIGNAL };
const SECRET = "s&cret";

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** A token endpoint that answers as told (the last answer again and again), and a client of it. */
async function endpoint(
  t: ExecutionContext,
  answers: readonly Answer[],
  parts: Partial<ClientCredentials> = {},
  path = "/tenant/oauth2/token",
) {
  const asked: { readonly url: string; readonly form: string; readonly authorization: string | undefined }[] = [];
  const { url, close } = await listen(
    (request, response) => {
      void bodyOf(request).then((form) => {
        const { status, body, type = "application/json" } = answers[Math.min(asked.length, answers.length - 1)]!;
        asked.push({ url: `${request.method} ${request.url}`, form, authorization: request.headers.authorization });
        response.writeHead(status, { "content-type": type }).end(body);
      });
    },
    { host: "127.0.0.1", port: 0 },
  );
  t.teardown(() => close(0));
  const clock = createManualClock();
  const session = createClientCredentials(
    { tokenUrl: `${url}${path}`, clientId: "the-client", clientSecret: SECRET, scope: "a b", ...parts },
    { product: "Bookings", clock, credentialSetting: "product.auth.clientSecret" },
  );
  return { session, asked, clock };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat((await request.toArray()) as Buffer[]).toString();
}

const token = (name: string, parts: object = {}): Answer => ({
  status: 200,
  body: JSON.stringify({ access_token: name, token_type: "Bearer", expires_in: 3_600, ...parts }),
});

test("a token is asked for by a form, and kept until a minute before it ends", async (t) => {
  const { session, asked, clock } = await endpoint(t, [token("one"), token("two")]);
  t.deepEqual(await session.headers(HOW), { authorization: "Bearer one" });
  clock.advance(3_539_000);
  t.deepEqual(await session.headers(HOW), { authorization: "Bearer one" });
  t.deepEqual(asked, [
    {
      url: "POST /tenant/oauth2/token",
      form: "grant_type=client_credentials&client_id=the-client&client_secret=s%26cret&scope=a+b",
      authorization: undefined,
    },
  ]);
  clock.advance(1_000);
  t.deepEqual(await session.headers(HOW), { authorization: "Bearer two" });
  t.is(asked.length, 2);
});

test("id and secret may stand in a header, form-encoded as the standard has it", async (t) => {
  const { session, asked } = await endpoint(t, [token("one")], { send: "header", form: { audience: "x" } });
  await session.headers(HOW);
  t.is(asked[0]?.form, "grant_type=client_credentials&scope=a+b&audience=x");
  t.is(asked[0]?.authorization, `Basic ${Buffer.from("the-client:s%26cret").toString("base64")}`);
});

test("a query of the address is kept", async (t) => {
  const { asked, session } = await endpoint(t, [token("one")], {}, "/token?api-version=2");
  await session.headers(HOW);
  t.is(asked[0]?.url, "POST /token?api-version=2");
});

test("however many wait for a token, it is fetched once", async (t) => {
  const { session, asked } = await endpoint(t, [token("one")]);
  const all = await Promise.all([1, 2, 3].map(() => session.headers(HOW)));
  t.is(new Set(all).size, 1);
  t.is(asked.length, 1);
});

test("a token that was refused is fetched anew, once for all who had it", async (t) => {
  const { session, asked } = await endpoint(t, [token("one"), token("two")]);
  const old = await session.headers(HOW);
  session.expire(old);
  const renewed = await session.headers(HOW);
  session.expire(old);
  t.is(await session.headers(HOW), renewed);
  t.is(asked.length, 2);
});

test("whoever gives up while a token is fetched does not make others fail", async (t) => {
  const stop = new AbortController();
  const { session } = await endpoint(t, [token("one")]);
  const first = session.headers({ signal: stop.signal });
  const second = session.headers(HOW);
  stop.abort();
  await t.throwsAsync(first, { instanceOf: ConnectorError, code: "connector.unavailable" });
  t.deepEqual(await second, { authorization: "Bearer one" });
});

for (const [what, lifetime, waitMs] of [
  ["a life that is told as text", { expires_in: "3600" }, 3_540_000],
  ["a short life, of which a quarter is left", { expires_in: 40 }, 30_000],
] as const) {
  test(what, async (t) => {
    const { session, asked, clock } = await endpoint(t, [token("one", lifetime)]);
    await session.headers(HOW);
    clock.advance(waitMs - 1);
    await session.headers(HOW);
    t.is(asked.length, 1);
    clock.advance(1);
    await session.headers(HOW);
    t.is(asked.length, 2);
  });
}

test("a life that is not told lasts until the token is refused", async (t) => {
  const { session, asked, clock } = await endpoint(t, [token("one", { expires_in: undefined })]);
  await session.headers(HOW);
  clock.advance(10 * 86_400_000);
  await session.headers(HOW);
  t.is(asked.length, 1);
});

const failures: readonly (readonly [string, Answer, ConnectorFault, RegExp])[] = [
  [
    "a wrong secret",
    { status: 401, body: '{"error":"invalid_client","error_description":"s&cret of ana@acme.example"}' },
    "auth",
    /^Bookings refused the sign-in: invalid_client\. Check product\.auth\.clientSecret\.$/,
  ],
  ["a scope that is not allowed", { status: 400, body: '{"error":"invalid_scope"}' }, "auth", /: invalid_scope\./],
  ["words of its own", { status: 400, body: '{"error":"s&cret"}' }, "auth", /: status 400\./],
  ["a refusal in HTML", { status: 403, body: "<html>s&cret</html>", type: "text/html" }, "auth", /: status 403\./],
  [
    "a wrong address",
    { status: 404, body: "{}" },
    "auth",
    /answered 404 to POST \/token\. Check product\.auth\.clientSecret\.$/,
  ],
  ["too many requests", { status: 429, body: "{}" }, "rate-limited", /429/],
  ["a server that is out of order", { status: 503, body: "{}" }, "unavailable", /503/],
  ["HTML for a token", { status: 200, body: "<html>", type: "text/html" }, "unavailable", /not JSON/],
  ["no token", { status: 200, body: '{"token_type":"Bearer"}' }, "unavailable", /no bearer token/],
  ["another kind of token", token("one", { token_type: "mac" }), "unavailable", /no bearer token/],
  ["a token that no header takes", token("a\r\nx-evil: 1"), "unavailable", /no bearer token/],
];
for (const [what, answer, reason, message] of failures) {
  test(`${what} ends as ${reason}, and shows nothing secret`, async (t) => {
    const { session } = await endpoint(t, [answer]);
    const error = await t.throwsAsync(session.headers(HOW), { instanceOf: ConnectorError, message });
    t.is(error.reason, reason);
    t.notRegex(inspect(error, { depth: 10, showHidden: true }), /s&cret|s%26cret|ana@acme/);
  });
}

for (const tokenUrl of ["token", "ftp://a.example/token", "https://a:b@c.example/token", "https://c.example/token#x"]) {
  test(`${tokenUrl} is no address for tokens`, (t) => {
    const make = () =>
      createClientCredentials(
        { tokenUrl, clientId: "a", clientSecret: SECRET },
        { product: "Bookings", clock: createManualClock(), credentialSetting: "product.auth" },
      );
    t.throws(make, { message: /must be a whole https address/ });
  });
}
