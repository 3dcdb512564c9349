import test from "ava";
import type { ExecutionContext } from "ava";
import { z } from "zod";
import { createLoginSession, type Login } from "../../../src/connectors/auth/login.ts";
import { createProductHttp } from "../../../src/connectors/http.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { ConnectorFault } from "../../../src/domain/errors.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { html, json, plain, type TwinAnswer } from "../../twins/kit/answers.ts";
import { route } from "../../twins/kit/route.ts";
import { startTwin } from "../../twins/kit/twin.ts";

const SIGNAL = new AbortController().signal;
const answerSchema = z.object({ isAuthenticated: z.boolean(), sessionToken: z.string().exactOptional() });

/** A product with a login that answers 200 to everybody, as LibreBooking's does; sessions end after 30 minutes unused. */
async function product(t: ExecutionContext, parts: { readonly password?: string; readonly login?: TwinAnswer } = {}) {
  const sessions = new Set<string>();
  let logins = 0;
  const refused = () => html(401, "<html>sign in</html>");
  const twin = await startTwin(t, {
    vendor: {
      authenticate: ({ headers }) => (sessions.has(String(headers["x-session"])) ? null : refused()),
      invalid: () => plain(500, "broken"),
      unknownPath: () => html(404),
      unauthorized: refused,
      rateLimited: () => json(429, {}),
      unavailable: () => json(503, {}),
    },
    routes: [
      route(
        "POST",
        "/login",
        { body: z.strictObject({ user: z.string(), password: z.string() }), guarded: false, writes: false },
        ({ body }) => {
          if (parts.login !== undefined) return parts.login;
          if (body.password !== "right") return json(200, { isAuthenticated: false, message: "no such user" });
          logins += 1;
          sessions.add(`session-${logins}`);
          return json(200, { isAuthenticated: true, sessionToken: `session-${logins}` });
        },
      ),
      route("GET", "/people", {}, () => json(200, [])),
      route("POST", "/people", { body: z.strictObject({ name: z.string() }) }, () => json(201, {})),
    ],
  });
  const clock = createManualClock();
  const login: Login = {
    lifetimeMs: 1_500_000,
    send: (http, how) =>
      http.write({
        method: "POST",
        path: "login",
        json: { user: "sync", password: parts.password ?? "right" },
        ...how,
      }),
    succeeded: ({ body }) => answerSchema.safeParse(body).data?.isAuthenticated === true,
    headers: async ({ body }) => ({ "x-session": answerSchema.safeParse(body).data?.sessionToken }),
  };
  const deps = { product: "LibreBooking", clock, credentialSetting: "product.password" };
  const session = createLoginSession(twin.url, login, deps);
  const http = createProductHttp({ product: "LibreBooking", baseUrl: twin.url, headers: {}, clock, session });
  const read = () => http.read({ method: "GET", path: "people", signal: SIGNAL });
  const write = () => http.write({ method: "POST", path: "people", json: { name: "ana" }, signal: SIGNAL });
  return { twin, clock, read, write, sessions, logins: () => logins };
}

test("the first request signs in, and the others use that session", async (t) => {
  const { read, write, logins, twin } = await product(t);
  t.is((await read()).status, 200);
  t.is((await write()).status, 201);
  t.is(logins(), 1);
  t.deepEqual(
    twin.calls().map(({ route: path, status }) => [path, status]),
    [
      ["/login", 200],
      ["/people", 200],
      ["/people", 201],
    ],
  );
});

for (const how of ["read", "write"] as const) {
  test(`a session that the product has ended is renewed, and the ${how} sent once more`, async (t) => {
    const { [how]: call, read, sessions, logins, twin } = await product(t);
    await read();
    sessions.clear();
    t.true((await call()).status < 300);
    t.is(logins(), 2);
    t.is(twin.calls().filter(({ route: path, effect }) => path === "/people" && effect).length, 2);
  });
}

test("a session that is refused as soon as it was begun is an error of the credentials, after one renewal", async (t) => {
  const { twin, read, logins } = await product(t);
  twin.fault({ kind: "answer", answer: html(401) }, { path: "/people" });
  const error = await t.throwsAsync(read(), { instanceOf: ConnectorError });
  t.is(error.reason, "auth");
  t.is(logins(), 2);
});

test("a session that was not used for its time is begun anew before it is refused; each use makes it longer", async (t) => {
  const { read, clock, logins } = await product(t);
  await read();
  for (let i = 0; i < 3; i++) {
    clock.advance(1_400_000);
    await read();
  }
  t.is(logins(), 1);
  clock.advance(1_440_000);
  await read();
  t.is(logins(), 2);
});

test("a login that is refused with status 200 is an error of the credentials", async (t) => {
  const { read } = await product(t, { password: "wr0ng-one" });
  const error = await t.throwsAsync(read(), { instanceOf: ConnectorError });
  t.is(error.reason, "auth");
  t.is(error.message, "LibreBooking refused the sign-in: the answer says so. Check product.password.");
});

const answers: readonly (readonly [string, TwinAnswer, ConnectorFault])[] = [
  ["401", html(401), "auth"],
  ["400", json(400, {}), "auth"],
  ["404", html(404), "auth"],
  ["429", json(429, {}, { "retry-after": "100" }), "rate-limited"],
  ["503", html(503), "unavailable"],
  ["HTML", html(200), "unavailable"],
  ["no token", json(200, { isAuthenticated: true }), "unavailable"],
  ["a token that no header takes", json(200, { isAuthenticated: true, sessionToken: "a\r\nb" }), "unavailable"],
];
for (const [what, login, reason] of answers) {
  test(`${what} as the answer to a login ends as ${reason}`, async (t) => {
    const { read, twin } = await product(t, { login });
    const error = await t.throwsAsync(read(), { instanceOf: ConnectorError });
    t.is(error.reason, reason);
    t.notRegex(error.message, /right|Maintenance/);
    t.true(twin.calls().every(({ route: path }) => path === "/login"));
  });
}
