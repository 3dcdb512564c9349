import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, PUBLIC_URL, type TestApp } from "../support/app.ts";
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from "../support/scim-users.ts";

const BASE = "scim/v2";
const resources = ({ Resources }: JsonObject): readonly JsonObject[] => Resources as readonly JsonObject[];

test("the service provider configuration says what is served, and it is", async (t) => {
  const app = await openTestApp(t);
  const { status, headers, body } = await app.ask("GET", `${BASE}/ServiceProviderConfig`);
  t.is(status, 200);
  t.is(headers["content-type"], "application/scim+json");
  t.like(body, {
    patch: { supported: true },
    filter: { supported: true, maxResults: 200 },
    etag: { supported: true },
    sort: { supported: true },
    bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
    pagination: { cursor: true, index: true, defaultPaginationMethod: "index", cursorTimeout: 3600 },
    changePassword: { supported: false },
    meta: { location: `${PUBLIC_URL}/scim/v2/ServiceProviderConfig` },
  });
  t.is((await app.ask("GET", `${BASE}/Users?sortBy=userName&cursor=`)).status, 200);
});

test("resource types and schemas are listed, and each is found by its id", async (t) => {
  const app = await openTestApp(t);
  for (const [kind, ids] of [
    ["ResourceTypes", ["User", "Group"]],
    ["Schemas", [USER_URN, ENTERPRISE_URN, GROUP_URN]],
  ] as const) {
    const { body } = await app.ask("GET", `${BASE}/${kind}`);
    const listed = resources(body).map(({ id }) => id as string);
    t.true(ids.every((id) => listed.includes(id)));
    t.is(body["totalResults"], listed.length);
    for (const id of listed) {
      t.like((await app.ask("GET", `${BASE}/${kind}/${id}`)).body, { id });
      t.is((await app.ask("GET", `${BASE}/${kind}/${id.toUpperCase()}`)).status, 200);
    }
    t.is((await app.ask("GET", `${BASE}/${kind}/nothing`)).status, 404);
  }
});

test("every endpoint that a resource type names is there", async (t) => {
  const app = await openTestApp(t);
  const { body } = await app.ask("GET", `${BASE}/ResourceTypes`);
  for (const { endpoint, schema } of resources(body)) {
    t.is((await app.ask("GET", `${BASE}${endpoint as string}`)).status, 200);
    t.is((await app.ask("GET", `${BASE}/Schemas/${schema as string}`)).status, 200);
  }
});

test("a filter on discovery is forbidden, lest somebody believe that it was applied", async (t) => {
  const app = await openTestApp(t);
  for (const path of [
    "ServiceProviderConfig",
    "ResourceTypes",
    "ResourceTypes/User",
    "Schemas",
    `Schemas/${USER_URN}`,
  ]) {
    t.is((await app.ask("GET", `${BASE}/${path}?filter=id%20pr`)).status, 403);
  }
});

const answer = async (app: TestApp, path: string, token: string | null): Promise<readonly [number, string]> => {
  const { status, text } = await app.ask("GET", path, { token });
  return [status, text];
};

test("livez and readyz say one word to anybody", async (t) => {
  const app = await openTestApp(t);
  t.deepEqual(await answer(app, "livez", null), [200, "ok\n"]);
  t.deepEqual(await answer(app, "readyz", null), [200, "ok\n"]);
  app.stop();
  t.deepEqual(await answer(app, "livez", null), [200, "ok\n"]);
  t.deepEqual(await answer(app, "readyz", null), [503, "stopping\n"]);
  t.is((await app.ask("HEAD", "livez", { token: null })).status, 200);
});

test("readyz says no more than that the store cannot be written", async (t) => {
  const app = await openTestApp(t, {
    wrap: (store) => ({ ...store, probe: () => Promise.reject(new Error("/var/lib/secret.db")) }),
  });
  t.deepEqual(await answer(app, "readyz", null), [503, "unwritable\n"]);
  t.deepEqual(await answer(app, "livez", null), [200, "ok\n"]);
});

test("health tells its details to those who may know, its state to all others", async (t) => {
  const app = await openTestApp(t);
  t.deepEqual(await answer(app, "health", null), [200, '{"status":"ok"}']);
  t.deepEqual(await answer(app, "health", app.token), [200, '{"status":"ok"}']);
  for (const scope of ["admin", "health", "read"] as const) {
    const { status, body } = await app.ask("GET", "health", { token: await app.newToken(scope) });
    t.is(status, 200);
    t.is((body["components"] as readonly unknown[]).length, 5);
  }
  t.is((await answer(app, "health", "rb_wrong"))[0], 401);
});

test("a bridge that is not well answers health with 503, and is ready all the same", async (t) => {
  const app = await openTestApp(t, {
    wrap: (store) => ({ ...store, journal: { ...store.journal, runs: () => Promise.reject(new Error("gone")) } }),
  });
  t.deepEqual(await answer(app, "health", null), [503, '{"status":"degraded"}']);
  const { status, body } = await app.ask("GET", "health", { token: await app.newToken("health") });
  t.is(status, 503);
  t.like(body, { status: "degraded" });
  t.deepEqual(await answer(app, "readyz", null), [200, "ok\n"]);
});

test("a store that cannot be written still tells whoever may know why", async (t) => {
  let isSick = false;
  const refuse = (): Promise<never> => Promise.reject(new Error("disk full"));
  const app = await openTestApp(t, {
    wrap: (store) => ({
      ...store,
      probe: () => (isSick ? refuse() : store.probe()),
      tokens: { ...store.tokens, touch: (id, at) => (isSick ? refuse() : store.tokens.touch(id, at)) },
    }),
  });
  const token = await app.newToken("health");
  isSick = true;
  const { status, body } = await app.ask("GET", "health", { token });
  t.is(status, 503);
  t.like(body, { components: [{ component: "store", status: "degraded" }] });
});
