import test from "ava";
import type { Method } from "got";
import type { JsonObject } from "../../src/domain/json.ts";
import { scimRoutes } from "../../src/server/scim-routes.ts";
import { openTestApp, PUBLIC_URL, type Ask, type TestApp } from "../support/app.ts";
import { aPerson, GLOBEX, hire } from "../support/bridge.ts";
import { aPatch, aScimGroup, BULK_URN, SEARCH_URN } from "../support/scim-users.ts";

const BASE = "scim/v2";
/** Nobody's, in either directory. */
const UNKNOWN = "00000000-0000-4000-8000-ffffffffffff";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Two directories, and what the other one holds: every id there is. */
async function openTwo(t: Parameters<typeof openTestApp>[0]): Promise<{
  readonly app: TestApp;
  readonly other: string;
  readonly foreign: readonly string[];
}> {
  const app = await openTestApp(t, { directories: { acme: ["*"], globex: ["*"] } });
  const other = await app.newToken("scim", GLOBEX);
  const ana = await hire(app, "ana@globex.example", { externalId: "their-ana", title: "Boss" }, GLOBEX);
  const made = await app.ask("POST", `${BASE}/Groups`, {
    json: aScimGroup("Theirs", [ana.id], { externalId: "their-group" }),
    token: other,
  });
  await hire(app, "own@acme.example", { externalId: "own" });
  return { app, other, foreign: [ana.id, made.body["id"] as string, "their-ana", "their-group", "Theirs"] };
}

/** The routes that there are, from the router itself. */
function routesOf(app: TestApp): readonly (readonly [Method, string])[] {
  const { stack } = scimRoutes({ ...app.services(), ambient: app.ambient, baseUrl: PUBLIC_URL });
  return stack.flatMap(({ path, methods }) =>
    typeof path === "string"
      ? METHODS.filter((method) => methods.includes(method)).map((method) => [method, path.slice(1)] as const)
      : [],
  );
}

/** Bodies that each route might take, all about this id. */
function bodiesFor(method: Method, id: string): readonly Ask[] {
  if (method === "GET" || method === "HEAD" || method === "DELETE") return [{}];
  const search = (filter: string): Ask => ({ json: { schemas: [SEARCH_URN], filter } });
  const named = JSON.stringify(id);
  return [
    { json: aPatch({ op: "replace", value: { active: false, displayName: "x" } }) },
    { json: aPatch({ op: "remove", path: `members[value eq ${named}]` }) },
    { json: aPerson("x@acme.example", { id }) },
    { json: aScimGroup("x", undefined, { id }) },
    search(`id eq ${named}`),
    search(`externalId eq ${named} or members.value eq ${named}`),
    search(`groups.value eq ${named} or displayName eq ${named}`),
    {
      json: {
        schemas: [BULK_URN],
        Operations: ["/Users", "/Groups"].flatMap((path) => [
          { method: "PUT", path: `${path}/${id}`, data: aPerson("x@acme.example") },
          { method: "PATCH", path: `${path}/${id}`, data: aPatch({ op: "replace", value: { active: false } }) },
          { method: "DELETE", path: `${path}/${id}` },
        ]),
      },
    },
  ];
}

test("every id of one directory gets from every route of the other what an unknown id gets", async (t) => {
  const { app, other, foreign } = await openTwo(t);
  const before = await contents(app, other);
  const routes = routesOf(app);
  t.true(
    routes.some(([method, path]) => method === "PATCH" && path.endsWith("/Groups/:id")),
    "the table was read",
  );
  t.true(routes.some(([method, path]) => method === "POST" && path.endsWith("/Bulk")));
  let asked = 0;
  for (const [method, path] of routes) {
    for (const id of foreign) {
      for (const line of linesFor(method, id)) {
        // A route that makes something would make it twice: what it makes is not about the id.
        const isMaking = method === "POST" && !path.includes("search") && !path.includes("Bulk");
        if (isMaking) continue;
        const [theirs, nobody] = [bodiesFor(method, id), bodiesFor(method, UNKNOWN)];
        for (const [index, ask] of theirs.entries()) {
          const one = await app.ask(method, path.replace(/:\w+/, encodeURIComponent(id)) + line, ask);
          const two = await app.ask(
            method,
            path.replace(/:\w+/, UNKNOWN) + line.replaceAll(encodeURIComponent(id), UNKNOWN),
            nobody[index],
          );
          asked += 1;
          t.is(one.status, two.status, `${method} ${path}${line} ${id}`);
          t.is(one.text.replaceAll(id, UNKNOWN), two.text, `${method} ${path}${line} ${id}`);
          t.is(one.headers["etag"], two.headers["etag"]);
        }
      }
    }
  }
  t.true(asked > 300, String(asked));
  t.deepEqual(await contents(app, other), before, "and nothing was changed");
});

test("a foreign user put as a member stays a value without a person, and nobody there is in the group", async (t) => {
  const { app, other, foreign } = await openTwo(t);
  const [ana = "", group = ""] = foreign;
  const members = [...foreign, UNKNOWN];
  const made = await app.ask("POST", `${BASE}/Groups`, { json: aScimGroup("Ours", members) });
  t.deepEqual(
    made.body["members"] as readonly JsonObject[],
    members.map((value) => ({ value })),
  );
  const own = made.body["id"] as string;
  await app.ask("POST", `${BASE}/Bulk`, {
    json: {
      schemas: [BULK_URN],
      Operations: [
        { method: "POST", path: "/Groups", bulkId: "g", data: aScimGroup("Ours, too", members) },
        {
          method: "PATCH",
          path: `/Groups/${own}`,
          data: aPatch({ op: "add", path: "members", value: [{ value: ana }] }),
        },
      ],
    },
  });
  const { body } = await app.ask("GET", `${BASE}/Users/${ana}`, { token: other });
  t.deepEqual(
    (body["groups"] as readonly JsonObject[]).map(({ display }) => display),
    ["Theirs"],
  );
  const found = await app.ask("GET", `${BASE}/Groups?filter=${encodeURIComponent(`members.value eq "${ana}"`)}`, {
    token: other,
  });
  t.deepEqual(
    (found.body["Resources"] as readonly JsonObject[]).map(({ id }) => id),
    [group],
  );
  t.is(app.staged.filter((reason) => reason === "leaver").length, 0);
});

/** Query strings that name the id, for lists; none for everything else. */
function linesFor(method: Method, id: string): readonly string[] {
  if (method !== "GET") return [""];
  const named = encodeURIComponent(id);
  const filters = ["id", "externalId", "displayName", "members.value", "groups.value"];
  return ["", ...filters.map((attribute) => `?filter=${attribute}%20eq%20%22${named}%22`), "?attributes=id"];
}

/** All that a directory shows. */
async function contents(app: TestApp, token: string): Promise<readonly string[]> {
  const lists = ["Users", "Groups"].map(async (path) => (await app.ask("GET", `${BASE}/${path}`, { token })).text);
  return Promise.all(lists);
}
