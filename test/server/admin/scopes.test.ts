import test from "ava";
import { createApp } from "../../../src/server/app.ts";
import { adminRoutes } from "../../../src/server/admin/routes.ts";
import type { AdminRoute } from "../../../src/server/admin/declaration.ts";
import type { TokenScope } from "../../../src/ports/tokens.ts";
import { ACME } from "../../support/bridge.ts";
import { isProblem, openAdminApp, type AdminApp } from "./support.ts";

const SCOPES: readonly TokenScope[] = ["scim", "admin", "read", "metrics", "health"];

/** Some path of the route: parameters that name nothing, so that nothing is done where a token is let through. */
const pathOf = ({ path }: AdminRoute): string => path.replaceAll(/\{\w+\}/g, "abcdef012345");

const routesOf = (app: AdminApp): readonly AdminRoute[] =>
  adminRoutes({ services: app.services(), ambient: app.ambient, version: "0.0.0" });

const tokenOf = (app: AdminApp, scope: TokenScope): Promise<string> =>
  app.newToken(scope, scope === "scim" ? ACME : null);

test("every route is served to the scopes that it declares, and to no other", async (t) => {
  const app = await openAdminApp(t);
  const tokens = new Map(await Promise.all(SCOPES.map(async (scope) => [scope, await tokenOf(app, scope)] as const)));
  const routes = routesOf(app);
  t.true(routes.length >= 20, "the table of routes is not empty");
  for (const route of routes) {
    const path = pathOf(route);
    for (const [scope, token] of tokens) {
      // A body that no route takes: whoever is let through is told so, and nothing is done.
      const answer = await app.admin(route.method, path, { token, json: "no body of any route" });
      const name = `${route.method} ${path} with ${scope}: ${answer.text.slice(0, 200)}`;
      if (route.scopes.includes(scope)) t.false([401, 403].includes(answer.status), name);
      else t.is(answer.status, 403, name);
    }
  }
});

test("without a token, with a wrong, an expired or a revoked one, every route answers 401", async (t) => {
  const app = await openAdminApp(t);
  const { tokens } = app.services();
  const expired = await tokens.create({ scope: "admin", directory: null, expiresInMs: 1, author: "test" });
  const revoked = await tokens.create({ scope: "admin", directory: null, expiresInMs: null, author: "test" });
  await tokens.revoke(revoked.record.id, "test");
  app.clock.advance(1_000);
  for (const route of routesOf(app)) {
    isProblem(t, await app.admin(route.method, pathOf(route), { token: null }), 401, "unauthenticated");
    isProblem(t, await app.admin(route.method, pathOf(route), { token: expired.token }), 401, "unauthenticated");
    isProblem(t, await app.admin(route.method, pathOf(route), { token: revoked.token }), 401, "unauthenticated");
    // Ten wrong tokens a minute are taken from one address.
    app.clock.advance(61_000);
  }
});

test("a path in other letters, or in another spelling, is no way past the token", async (t) => {
  const app = await openAdminApp(t);
  for (const path of ["ADMIN/v1/tokens", "Admin/V1/Tokens", "admin/V1/tokens", "%61dmin/v1/tokens"]) {
    for (const method of ["GET", "POST", "HEAD", "OPTIONS"] as const) {
      const ask = { token: null, ...(method === "POST" ? { json: { scope: "admin" } } : {}) };
      const { status, text } = await app.ask(method, path, ask);
      t.true([401, 404].includes(status), `${method} ${path}: ${status} ${text}`);
    }
  }
  t.is((await app.services().tokens.list()).length, 2, "the IdP's, and the admin's");
  isProblem(t, await app.ask("GET", "admin/v1/TOKENS", { token: app.adminToken }), 404, "not-found");
});

test("no scope but admin changes anything", async (t) => {
  const app = await openAdminApp(t);
  const harmless = new Set(["makePlan", "previewMapping"]);
  for (const { id, method, scopes } of routesOf(app)) {
    if (method === "get" || harmless.has(id)) t.true(scopes.includes("read"), id);
    else t.deepEqual([...scopes], ["admin"], id);
  }
});

test("what is under /admin and is no route is refused after the token was checked", async (t) => {
  const app = await openAdminApp(t);
  isProblem(t, await app.ask("GET", "admin", { token: null }), 401, "unauthenticated");
  isProblem(t, await app.ask("GET", "admin/v2/status", { token: app.adminToken }), 404, "not-found");
  isProblem(t, await app.admin("GET", "/nothing"), 404, "not-found", /openapi\.json/);
  isProblem(t, await app.admin("GET", "/nothing", { token: app.token }), 403, "forbidden");
  const answer = await app.admin("DELETE", "/status");
  isProblem(t, answer, 405, "method-not-allowed");
  t.is(answer.headers["allow"], "GET, HEAD");
});

test("the eleventh wrong token of a minute is told to wait; a good one never", async (t) => {
  const app = await openAdminApp(t);
  for (let attempt = 1; attempt <= 10; attempt++) {
    isProblem(t, await app.admin("GET", "/status", { token: `wrong-${attempt}` }), 401, "unauthenticated");
  }
  const answer = await app.admin("GET", "/status", { token: "wrong-11" });
  isProblem(t, answer, 429, "too-many-failed-logins");
  t.true(Number(answer.headers["retry-after"]) > 0 && Number(answer.headers["retry-after"]) <= 60);
  t.is((await app.admin("GET", "/status")).status, 200);
  app.clock.advance(60_000);
  isProblem(t, await app.admin("GET", "/status", { token: "wrong-12" }), 401, "unauthenticated");
});

test("where the admin API is off, nothing of it is there, whatever the token", async (t) => {
  const app = await openAdminApp(t);
  const listener = createApp(
    {
      services: app.services(),
      ambient: app.ambient,
      metrics: { contentType: "text/plain", text: async () => "" },
      publicUrl: app.url,
      version: "0.0.0",
      isStopping: () => false,
    },
    { scim: true, admin: false },
  );
  const { createServer } = await import("node:http");
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  for (const route of routesOf(app)) {
    const answer = await fetch(`http://127.0.0.1:${port}/admin/v1${pathOf(route)}`, {
      method: route.method.toUpperCase(),
      headers: { authorization: `Bearer ${app.adminToken}` },
    });
    t.is(answer.status, 404, route.id);
  }
});
