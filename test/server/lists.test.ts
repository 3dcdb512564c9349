import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, type Ask, type TestApp } from "../support/app.ts";
import { hire } from "../support/bridge.ts";
import { aScimGroup, SEARCH_URN } from "../support/scim-users.ts";

const BASE = "scim/v2";
const resources = (body: JsonObject): readonly JsonObject[] => body["Resources"] as readonly JsonObject[];
const nameOf = ({ userName, displayName }: JsonObject): unknown => userName ?? displayName;
const search = (app: TestApp, path: string, parameters: JsonObject = {}) =>
  app.ask("POST", `${BASE}${path}/.search`, { json: { schemas: [SEARCH_URN], ...parameters } });
const query = (parameters: Readonly<Record<string, string | number>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

/** Three people and two groups, whose names take turns. */
async function openStaffed(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t);
  for (const [name, title] of [
    ["cy", "Boss"],
    ["Ana", "Clerk"],
    ["eva", undefined],
  ] as const) {
    await hire(app, `${name}@acme.example`, { displayName: name, ...(title === undefined ? {} : { title }) });
  }
  for (const name of ["dev", "Board"]) await app.ask("POST", `${BASE}/Groups`, { json: aScimGroup(name) });
  return app;
}

for (const [title, sort, expected] of [
  ["by name, without case", { sortBy: "displayName" }, ["Ana", "cy", "eva"]],
  ["descending", { sortBy: "displayName", sortOrder: "Descending" }, ["eva", "cy", "Ana"]],
  ["by a URN", { sortBy: "urn:ietf:params:scim:schemas:core:2.0:User:userName" }, ["Ana", "cy", "eva"]],
  ["by an e-mail, which is its value", { sortBy: "emails" }, ["Ana", "cy", "eva"]],
  ["by a sub-attribute", { sortBy: "emails.value", sortOrder: "descending" }, ["eva", "cy", "Ana"]],
  ["by what somebody lacks, who comes last", { sortBy: "title" }, ["cy", "Ana", "eva"]],
  ["and first descending", { sortBy: "title", sortOrder: "descending" }, ["eva", "Ana", "cy"]],
  ["by creation", { sortBy: "meta.created" }, ["cy", "Ana", "eva"]],
] as const) {
  test(`people are put in order ${title}, by GET and by search`, async (t) => {
    const app = await openStaffed(t);
    const got = await app.ask("GET", `${BASE}/Users?${query(sort)}`);
    const found = await search(app, "/Users", sort);
    t.is(got.status, 200, got.text);
    t.deepEqual(
      resources(got.body).map(({ displayName }) => displayName),
      [...expected],
    );
    t.is(found.text, got.text);
  });
}

test("a search by POST answers what the same list by GET answers", async (t) => {
  const app = await openStaffed(t);
  for (const parameters of [
    {},
    { filter: 'userName sw "a"' },
    { filter: 'title eq "nobody"' },
    { startIndex: 2, count: 1 },
    { count: 0 },
    { sortBy: "userName", sortOrder: "descending", count: 2 },
    { attributes: "userName" },
    { excludedAttributes: "emails,meta", filter: "title pr" },
  ] as const satisfies readonly Readonly<Record<string, string | number>>[]) {
    const got = await app.ask("GET", `${BASE}/Users?${query(parameters)}`);
    const found = await search(app, "/Users", parameters);
    t.is(got.status, 200);
    t.is(found.text, got.text, JSON.stringify(parameters));
  }
  t.is((await app.ask("POST", `${BASE}/Groups/.search`, { json: {} })).body["totalResults"], 2);
});

test("a search over everything gives users, then groups, page by page", async (t) => {
  const app = await openStaffed(t);
  const page = async (startIndex: number, count: number): Promise<readonly unknown[]> => {
    const { status, body } = await search(app, "", { startIndex, count });
    t.is(status, 200);
    t.like(body, { totalResults: 5, startIndex, itemsPerPage: resources(body).length });
    return resources(body).map(nameOf);
  };
  const all = ["cy@acme.example", "Ana@acme.example", "eva@acme.example", "dev", "Board"];
  t.deepEqual(await page(1, 10), all);
  t.deepEqual(await page(1, 2), all.slice(0, 2));
  t.deepEqual(await page(3, 2), all.slice(2, 4));
  t.deepEqual(await page(4, 2), all.slice(3));
  t.deepEqual(await page(5, 2), all.slice(4));
  t.deepEqual(await page(6, 2), []);
  t.deepEqual(await page(1, 0), []);
});

test("a search over everything merges the types in the order that is asked for", async (t) => {
  const app = await openStaffed(t);
  const names = async (parameters: JsonObject): Promise<readonly unknown[]> =>
    resources((await search(app, "", { sortBy: "displayName", attributes: ["displayName"], ...parameters })).body).map(
      ({ displayName }) => displayName,
    );
  t.deepEqual(await names({}), ["Ana", "Board", "cy", "dev", "eva"]);
  t.deepEqual(await names({ sortOrder: "descending" }), ["eva", "dev", "cy", "Board", "Ana"]);
  t.deepEqual(await names({ startIndex: 2, count: 2 }), ["Board", "cy"]);
  t.deepEqual(await names({ startIndex: 5, count: 2 }), ["eva"]);
  t.deepEqual(await names({ sortBy: "title", count: 3 }), ["cy", "Ana", "eva"], "groups have no title");
  t.deepEqual(await names({ sortBy: "title", sortOrder: "descending", count: 2 }), ["eva", "dev"]);
  await app.ask("POST", `${BASE}/Groups`, { json: aScimGroup("Crew", ["somebody"]) });
  t.deepEqual(await names({ sortBy: "members", count: 2 }), ["Crew", "cy"], "members count, shown or not");
});

test("a search over everything takes attributes of either type, and none that no type has", async (t) => {
  const app = await openStaffed(t);
  const find = async (filter: string) => search(app, "", { filter });
  const names = async (filter: string): Promise<readonly unknown[]> => resources((await find(filter)).body).map(nameOf);
  t.deepEqual(await names('displayName eq "dev" or userName sw "cy"'), ["cy@acme.example", "dev"]);
  t.deepEqual(await names('meta.resourceType eq "Group"'), ["dev", "Board"]);
  t.deepEqual(await names('userName sw "cy"'), ["cy@acme.example"]);
  for (const filter of ['nothing eq "x"', 'userName eq "x" or nothing pr', "emails[nothing pr]", " "]) {
    const { status, body } = await find(filter);
    t.is(status, 400, filter);
    t.is(body["scimType"], "invalidFilter");
  }
  const { status, body } = await search(app, "", { sortBy: "nothing" });
  t.is(status, 400);
  t.is(body["scimType"], "invalidPath");
  t.is((await search(app, "", { sortBy: "userName", startIndex: 10_000, count: 9 })).body["scimType"], "tooMany");
});

test("a secret in the line of a request is 403, in a body it is a broken filter", async (t) => {
  const app = await openStaffed(t);
  for (const path of ["Users", "Groups"]) {
    for (const line of ["filter=password%20eq%20%22x%22", "filter=userName%20pr%20and%20not%20(PASSWORD%20pr)"]) {
      const { status, body } = await app.ask("GET", `${BASE}/${path}?${line}`);
      t.is(status, 403, line);
      t.is(body["scimType"], "sensitive");
    }
  }
  t.is((await app.ask("GET", `${BASE}/Users?sortBy=password`)).body["scimType"], "sensitive");
  for (const path of ["/Users", "/Groups", ""]) {
    const { status, body } = await search(app, path, { filter: 'password eq "x"' });
    t.is(status, 400);
    t.is(body["scimType"], "invalidFilter");
  }
  t.is((await search(app, "/Users", { sortBy: "password" })).status, 400);
});

test("lines of requests are taken as IdPs write them", async (t) => {
  const app = await openStaffed(t);
  const ana = resources((await app.ask("GET", `${BASE}/Users?filter=userName+sw+%22ana%22`)).body)[0];
  const total = async (line: string): Promise<unknown> => {
    const { status, body } = await app.ask("GET", `${BASE}/${line}`);
    t.is(status, 200, line);
    return body["totalResults"];
  };
  t.is(await total("Users/?filter=title%20pr"), 2);
  t.is(await total("Users?filter=title+pr&"), 2);
  t.is(await total("Users?&filter=title+pr"), 2);
  t.is(await total("Users?aadOptscim062020&filter=title+pr"), 2);
  t.is(await total("Users?filter=title+pr&aadOptscim062020"), 2);
  t.is(await total("Users?filter=title+pr&filter=userName+sw+%22ana%22"), 2, "of several the first");
  t.is(await total("Users?"), 3);
  t.is(await total("Groups/"), 2);
  for (const line of [`Users/${ana?.["id"] as string}?`, `Users/${ana?.["id"] as string}/`]) {
    t.is((await app.ask("GET", `${BASE}/${line}`)).status, 200, line);
  }
  for (const line of ["Users?filter=", "Users?filter", "Users?filter=+", "Users?filter=&filter=title+pr"]) {
    t.is((await app.ask("GET", `${BASE}/${line}`)).status, 400, line);
  }
});

test("a body is JSON whatever its content type says", async (t) => {
  const app = await openTestApp(t);
  const body = JSON.stringify({ count: 0 });
  for (const type of ["application/json", "application/scim+json; charset=utf-8", "text/plain", ""]) {
    const ask: Ask = { body, headers: { "content-type": type } };
    t.is((await app.ask("POST", `${BASE}/Users/.search`, ask)).status, 200, type);
  }
});

for (const [method, path, status, allow] of [
  ["GET", "Users/.search", 405, "POST"],
  ["DELETE", "Users/.search", 405, "POST"],
  ["PUT", "Groups/.search", 405, "POST"],
  ["GET", ".search", 405, "POST"],
  ["GET", "Bulk", 405, "POST"],
  ["PATCH", "Users", 405, "POST"],
  ["DELETE", "Groups", 405, "POST"],
  ["POST", "Groups/x", 405, "PATCH"],
  ["POST", "Schemas", 405, "GET"],
  ["DELETE", "ResourceTypes/User", 405, "GET"],
  ["GET", "Me", 501, null],
  ["POST", "Me", 501, null],
  ["DELETE", "Me", 501, null],
] as const) {
  test(`${method} /${path} is answered with ${status}`, async (t) => {
    const app = await openTestApp(t);
    const { status: actual, headers, body } = await app.ask(method, `${BASE}/${path}`);
    t.is(actual, status);
    t.like(body, { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(status) });
    if (allow !== null) t.true((headers["allow"] as string).split(", ").includes(allow), String(headers["allow"]));
  });
}
