import test from "ava";
import { StoreBusyError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, PUBLIC_URL, type Answer, type TestApp } from "../support/app.ts";
import { aPerson, GLOBEX, hire } from "../support/bridge.ts";
import { aPatch, aScimGroup, BULK_URN, ENTERPRISE_URN } from "../support/scim-users.ts";

const BASE = "scim/v2";
const post = (bulkId: string, path: string, data: JsonObject): JsonObject => ({ method: "POST", path, bulkId, data });
const user = (bulkId: string, parts: JsonObject = {}): JsonObject =>
  post(bulkId, "/Users", aPerson(`${bulkId}@acme.example`, parts));
const group = (bulkId: string, members: readonly string[]): JsonObject =>
  post(bulkId, "/Groups", aScimGroup(bulkId, members));
const patch = (path: string, ...operations: readonly JsonObject[]): JsonObject => ({
  method: "PATCH",
  path,
  data: aPatch(...operations),
});
const bulk = (app: TestApp, operations: readonly JsonObject[], parts: JsonObject = {}): Promise<Answer> =>
  app.ask("POST", `${BASE}/Bulk`, { json: { schemas: [BULK_URN], Operations: operations, ...parts } });

/** The results of a bulk request that was taken. */
async function results(app: TestApp, ...request: Parameters<typeof bulk> extends [unknown, ...infer R] ? R : never) {
  const { status, body, text } = await bulk(app, ...request);
  if (status !== 200) throw new Error(text);
  return body["Operations"] as readonly JsonObject[];
}
const statuses = (found: readonly JsonObject[]): readonly unknown[] => found.map(({ status }) => status);
const idOf = ({ location }: JsonObject): string => (location as string).split("/").at(-1) ?? "";
const read = async (app: TestApp, { location }: JsonObject): Promise<JsonObject> =>
  (await app.ask("GET", (location as string).slice(PUBLIC_URL.length + 1))).body;
const memberIds = (body: JsonObject): readonly unknown[] =>
  ((body["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value);

test("every method is done, and each result says how, where and at which version", async (t) => {
  const app = await openTestApp(t);
  const [ana, bo, cy] = [
    await hire(app, "ana@acme.example"),
    await hire(app, "bo@acme.example"),
    await hire(app, "cy@acme.example"),
  ];
  const { status, headers, body } = await bulk(app, [
    user("dan"),
    { method: "put", path: `/Users/${ana.id}`, data: aPerson("ana@acme.example", { title: "Boss" }), version: 'W/"1"' },
    {
      method: "PATCH",
      path: `/Users/${bo.id}`,
      bulkId: "p",
      data: aPatch({ op: "add", path: "title", value: "Clerk" }),
    },
    { method: "DELETE", path: `/Users/${cy.id}` },
  ]);
  t.is(status, 200);
  t.is(headers["content-type"], "application/scim+json");
  const at = (id: string): string => `${PUBLIC_URL}/scim/v2/Users/${id}`;
  const operations = body["Operations"] as readonly JsonObject[];
  const dan = idOf(operations[0] ?? {});
  t.deepEqual(body, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
    Operations: [
      { location: at(dan), method: "POST", bulkId: "dan", version: 'W/"1"', status: "201" },
      { location: at(ana.id), method: "PUT", version: 'W/"2"', status: "200" },
      { location: at(bo.id), method: "PATCH", bulkId: "p", version: 'W/"2"', status: "200" },
      { location: at(cy.id), method: "DELETE", status: "204" },
    ],
  });
  t.is((await app.ask("GET", `${BASE}/Users`)).body["totalResults"], 3);
});

test("a reference is resolved in either direction, in data, in paths and in filters of paths", async (t) => {
  const app = await openTestApp(t);
  const found = await results(app, [
    group("early", ["bulkId:ana"]),
    user("ana"),
    group("late", ["bulkId:ana"]),
    { method: "PATCH", path: "/Users/bulkId:ana", data: aPatch({ op: "add", path: "title", value: "Boss" }) },
    {
      method: "PATCH",
      path: "/Groups/bulkId:late",
      data: aPatch({ op: "remove", path: 'members[value eq "bulkId:ana"]' }),
    },
    user("bo", { [ENTERPRISE_URN]: { manager: { value: "bulkId:ana" } } }),
  ]);
  t.deepEqual(statuses(found), ["201", "201", "201", "200", "200", "201"]);
  const [early, ana, late, , , bo] = found.map((result) => result);
  const id = idOf(ana ?? {});
  t.deepEqual(memberIds(await read(app, early ?? {})), [id]);
  t.deepEqual(memberIds(await read(app, late ?? {})), []);
  t.like(await read(app, ana ?? {}), { title: "Boss", groups: [{ display: "early" }] });
  t.like(await read(app, bo ?? {}), { [ENTERPRISE_URN]: { manager: { value: id } } });
});

test("references that go round in a circle are resolved by a second write, whose version is reported", async (t) => {
  const app = await openTestApp(t);
  const found = await results(app, [
    group("a", ["bulkId:b"]),
    group("b", ["bulkId:c", "bulkId:u"]),
    group("c", ["bulkId:a"]),
    user("u", { [ENTERPRISE_URN]: { manager: { value: "bulkId:u" } } }),
    {
      method: "PATCH",
      path: "/Groups/bulkId:a",
      bulkId: "again",
      data: aPatch({ op: "add", path: "externalId", value: "g-1" }),
    },
    group("d", ["bulkId:again"]),
  ]);
  t.deepEqual(statuses(found), ["201", "201", "201", "201", "200", "201"]);
  const [a = "", b = "", c = "", u = ""] = found.map(idOf);
  const now = await Promise.all(found.slice(0, 4).map((result) => read(app, result)));
  t.deepEqual(now.map(memberIds), [[b], [c, u], [a], []]);
  t.like(now[3], { [ENTERPRISE_URN]: { manager: { value: u } } });
  t.like(now[0], { externalId: "g-1" }, "what came after was not undone by the second write");
  t.deepEqual(memberIds(await read(app, found[5] ?? {})), [a], "what waits for what waits is done as well");
  const versions = now.map(({ meta }) => (meta as JsonObject)["version"]);
  t.deepEqual(
    found.slice(1, 4).map(({ version }) => version),
    versions.slice(1, 4),
  );
});

test("an operation that fails is a result like any other, and those that refer to it are conflicts", async (t) => {
  const app = await openTestApp(t);
  await hire(app, "ana@acme.example");
  const found = await results(app, [
    user("ana"),
    group("staff", ["bulkId:ana"]),
    { method: "PATCH", path: "/Users/bulkId:ana", data: aPatch({ op: "add", path: "title", value: "Boss" }) },
    group("lost", ["bulkId:nobody"]),
    { method: "DELETE", path: "/Users/00000000-0000-4000-8000-ffffffffffff" },
    post("broken", "/Users", { schemas: [], displayName: "x" }),
    { method: "PATCH", path: "/Groups/unknown", data: { schemas: [] } },
    user("bo"),
  ]);
  t.deepEqual(statuses(found), ["409", "409", "409", "400", "404", "400", "400", "201"]);
  t.like(found[0], { method: "POST", bulkId: "ana", response: { status: "409", scimType: "uniqueness" } });
  t.is(found[0]?.["location"], undefined);
  t.like(found[1], {
    response: { status: "409", detail: "bulkId:ana was not made, so that nothing can refer to it." },
  });
  t.like(found[3], { response: { status: "400", scimType: "invalidValue" } });
  t.like(found[4], { location: `${PUBLIC_URL}/scim/v2/Users/00000000-0000-4000-8000-ffffffffffff` });
  t.is((await app.ask("GET", `${BASE}/Groups`)).body["totalResults"], 0);
});

test("what cannot be completed is an error, and says where the half that was made is", async (t) => {
  const app = await openTestApp(t);
  await hire(app, "b@acme.example");
  const found = await results(app, [
    group("a", ["bulkId:b"]),
    user("b", { [ENTERPRISE_URN]: { manager: { value: "bulkId:a" } } }),
  ]);
  t.deepEqual(statuses(found), ["409", "409"]);
  t.like(await read(app, found[0] ?? {}), { displayName: "a" });
  t.is(found[1]?.["location"], undefined);
});

test("failOnErrors ends the request after so many errors, and what was not tried is not told", async (t) => {
  const app = await openTestApp(t);
  const gone = { method: "DELETE", path: "/Users/unknown" };
  const operations = [user("a"), gone, user("b"), gone, user("c"), gone];
  t.deepEqual(statuses(await results(app, operations, { failOnErrors: 2 })), ["201", "404", "201", "404"]);
  t.is((await app.ask("GET", `${BASE}/Users`)).body["totalResults"], 2);
  t.deepEqual(statuses(await results(app, [gone, user("d")], { failOnErrors: 1 })), ["404"]);
  t.deepEqual(statuses(await results(app, [gone, user("e")])), ["404", "201"]);
});

test("a path that is not served fails its operation only", async (t) => {
  const app = await openTestApp(t);
  const operations = [
    post("a", "/Devices", {}),
    { ...user("b"), path: "/Users/1" },
    { method: "DELETE", path: "/Users" },
    { method: "PUT", path: "/Groups/", data: aScimGroup("g", []) },
    user("c"),
  ];
  const found = await results(app, operations);
  t.deepEqual(statuses(found), ["404", "405", "405", "405", "201"]);
  t.is(found[0]?.["location"], undefined);
});

test("a version that is not the stored one is a 412 of that operation", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const retitle = (title: string, version: string): JsonObject => ({
    method: "PATCH",
    path: `/Users/${ana.id}`,
    version,
    data: aPatch({ op: "add", path: "title", value: title }),
  });
  const found = await results(app, [retitle("A", 'W/"2"'), retitle("B", 'W/"1"'), retitle("C", 'W/"2"')]);
  t.deepEqual(statuses(found), ["412", "200", "200"]);
  t.like((await app.ask("GET", `${BASE}/Users/${ana.id}`)).body, { title: "C", meta: { version: 'W/"3"' } });
});

test("operations on one resource are done in the order in which they came", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const titles = Array.from({ length: 200 }, (_, index) => `T${index}`);
  const found = await results(
    app,
    titles.map((title) => ({
      method: "PATCH",
      path: `/Users/${ana.id}`,
      data: aPatch({ op: "replace", path: "title", value: title }),
    })),
  );
  t.deepEqual(
    found.map(({ version }) => version),
    titles.map((_, index) => `W/"${index + 2}"`),
  );
  t.is((await app.ask("GET", `${BASE}/Users/${ana.id}`)).body["title"], "T199");
});

test("what waits for a reference is not overtaken by what comes later on the same resource", async (t) => {
  const app = await openTestApp(t);
  const [ana, bo, cy] = [
    await hire(app, "ana@acme.example"),
    await hire(app, "bo@acme.example"),
    await hire(app, "cy@acme.example"),
  ];
  const managed = (id: string, manager: string): JsonObject =>
    patch(
      `/Users/${id}`,
      { op: "replace", path: "active", value: true },
      { op: "replace", path: `${ENTERPRISE_URN}:manager`, value: { value: `bulkId:${manager}` } },
    );
  const team = (await results(app, [group("team", [bo.id])]))[0] ?? {};
  const found = await results(app, [
    managed(ana.id, "m"),
    patch(`/Users/${ana.id}`, { op: "replace", path: "active", value: false }),
    { method: "PUT", path: `/Groups/${idOf(team)}`, data: aScimGroup("team", ["bulkId:n", bo.id]) },
    patch(`/Groups/${idOf(team)}`, { op: "remove", path: `members[value eq "${bo.id}"]` }),
    managed(cy.id, "n"),
    { method: "DELETE", path: `/Users/${cy.id}` },
    user("m"),
    user("n"),
  ]);
  t.deepEqual(statuses(found), ["200", "200", "200", "200", "200", "204", "201", "201"]);
  const manager = { [ENTERPRISE_URN]: { manager: { value: idOf(found[6] ?? {}) } } };
  t.like(await read(app, found[0] ?? {}), { active: false, ...manager });
  t.deepEqual(memberIds(await read(app, team)), [idOf(found[7] ?? {})]);
});

test("the second write comes before what changes the resource later, or not at all", async (t) => {
  const app = await openTestApp(t);
  const [x, y] = [await hire(app, "x@acme.example"), await hire(app, "y@acme.example")];
  const managed = (id: string, manager: string, title: string): JsonObject =>
    patch(
      `/Users/${id}`,
      { op: "replace", path: "title", value: title },
      { op: "replace", path: `${ENTERPRISE_URN}:manager`, value: { value: `bulkId:${manager}` } },
    );
  const titled = (id: string, title: string): JsonObject =>
    patch(`/Users/${id}`, { op: "replace", path: "title", value: title });
  const bent = await results(app, [
    managed(x.id, "m", "first"),
    { ...titled(x.id, "second"), bulkId: "q" },
    user("m", { [ENTERPRISE_URN]: { manager: { value: "bulkId:q" } } }),
  ]);
  t.deepEqual(statuses(bent), ["200", "200", "201"]);
  const manager = { [ENTERPRISE_URN]: { manager: { value: idOf(bent[2] ?? {}) } } };
  t.like(await read(app, bent[0] ?? {}), { title: "second", ...manager });
  t.like(await read(app, bent[2] ?? {}), { [ENTERPRISE_URN]: { manager: { value: x.id } } });
  const stuck = await results(app, [
    managed(x.id, "q", "third"),
    { ...titled(x.id, "fourth"), bulkId: "p" },
    managed(y.id, "p", "fifth"),
    { ...titled(y.id, "sixth"), bulkId: "q" },
  ]);
  t.deepEqual(statuses(stuck), ["409", "200", "200", "200"], "a reference gives way, the order does not");
  t.like(await read(app, stuck[1] ?? {}), { title: "fourth", ...manager });
  t.like(await read(app, stuck[3] ?? {}), { title: "sixth", [ENTERPRISE_URN]: { manager: { value: x.id } } });
});

test("failOnErrors counts in the order in which operations are done", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const operations = [
    patch(`/Users/${ana.id}`, {
      op: "replace",
      path: `${ENTERPRISE_URN}:manager`,
      value: { value: "bulkId:m" },
    }),
    { method: "DELETE", path: `/Users/${ana.id}` },
    post("m", "/Users", { displayName: "x" }),
    user("late"),
  ];
  t.deepEqual(statuses(await results(app, operations, { failOnErrors: 1 })), ["400"]);
  t.deepEqual(statuses(await results(app, operations, { failOnErrors: 2 })), ["409", "400"]);
  t.deepEqual(statuses(await results(app, operations)), ["409", "204", "400", "201"]);
});

test("a thousand operations are taken, and one more is not", async (t) => {
  const app = await openTestApp(t);
  const people = Array.from({ length: 1000 }, (_, index) => user(`p${index}`, { emails: [] }));
  const tooMany = await bulk(app, [...people, user("last")]);
  t.is(tooMany.status, 413);
  t.true((tooMany.body["detail"] as string).includes("1000"));
  t.is((await app.ask("GET", `${BASE}/Users?count=0`)).body["totalResults"], 0);
  t.true((await results(app, people)).every(({ status }) => status === "201"));
  t.is((await app.ask("GET", `${BASE}/Users?count=0`)).body["totalResults"], 1000);
});

test("a body over a megabyte is a 413 that names the limit", async (t) => {
  const app = await openTestApp(t);
  const { status, body } = await bulk(app, [user("ana", { title: "x".repeat(1_048_576) })]);
  t.is(status, 413);
  t.true((body["detail"] as string).includes("1048576"));
});

for (const [title, json] of [
  ["no schemas", { Operations: [user("a")] }],
  ["no operations", { schemas: [BULK_URN], Operations: [] }],
  ["a POST without bulkId", { schemas: [BULK_URN], Operations: [{ method: "POST", path: "/Users", data: {} }] }],
  ["a GET", { schemas: [BULK_URN], Operations: [{ method: "GET", path: "/Users/x" }] }],
  ["a bulkId twice", { schemas: [BULK_URN], Operations: [user("a"), user("a")] }],
] as const) {
  test(`a bulk request with ${title} is refused whole`, async (t) => {
    const app = await openTestApp(t);
    const { status, body } = await app.ask("POST", `${BASE}/Bulk`, { json });
    t.is(status, 400);
    t.is(body["scimType"], "invalidSyntax");
    t.is((await app.ask("GET", `${BASE}/Users`)).body["totalResults"], 0);
  });
}

test("what is another directory's is not there for a bulk request, either", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["*"], globex: ["*"] } });
  const foreign = await hire(app, "ana@globex.example", {}, GLOBEX);
  const on = (id: string): readonly JsonObject[] => [
    { method: "PUT", path: `/Users/${id}`, data: aPerson("x@acme.example") },
    { method: "PATCH", path: `/Users/${id}`, data: aPatch({ op: "replace", value: { active: false } }) },
    { method: "DELETE", path: `/Users/${id}` },
  ];
  const unknown = "00000000-0000-4000-8000-ffffffffffff";
  const [theirs, nobody] = [await bulk(app, on(foreign.id)), await bulk(app, on(unknown))];
  t.is(theirs.text.replaceAll(foreign.id, unknown), nobody.text);
  t.deepEqual(statuses(theirs.body["Operations"] as readonly JsonObject[]), ["404", "404", "404"]);
});

test("a store that cannot be written is a 503 of each operation, and its reason stays inside", async (t) => {
  let isSick = false;
  const app = await openTestApp(t, {
    wrap: (store) => ({
      ...store,
      write: (directory, work) =>
        isSick ? Promise.reject(new StoreBusyError("/var/lib/secret.db")) : store.write(directory, work),
    }),
  });
  isSick = true;
  const { text, body } = await bulk(app, [user("a"), user("b")]);
  t.deepEqual(statuses(body["Operations"] as readonly JsonObject[]), ["503", "503"]);
  t.false(text.includes("secret"));
  t.is(app.log.filter(({ event, level }) => event === "request.failed" && level === "error").length, 2);
});
