import test from "ava";
import { aPerson, GLOBEX, hire } from "../support/bridge.ts";
import { openTestApp, PUBLIC_URL, type TestApp } from "../support/app.ts";
import { ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";
import type { JsonObject } from "../../src/domain/json.ts";

const USERS = "scim/v2/Users";
const PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const patchOf = (value: JsonObject): JsonObject => ({ schemas: [PATCH_URN], Operations: [{ op: "replace", value }] });
const create = (app: TestApp, userName: string, parts: JsonObject = {}) =>
  app.ask("POST", USERS, { json: aPerson(userName, parts) });
const userNames = (body: JsonObject): readonly unknown[] =>
  (body["Resources"] as readonly JsonObject[]).map(({ userName }) => userName);

test("POST answers 201 with the user, its address and its version", async (t) => {
  const app = await openTestApp(t);
  const { status, headers, body } = await create(app, "ana@acme.example", { department: "Sales" });
  t.is(status, 201);
  const location = `${PUBLIC_URL}/scim/v2/Users/${body["id"] as string}`;
  t.is(headers["location"], location);
  t.is(headers["etag"], 'W/"1"');
  t.is(headers["content-type"], "application/scim+json");
  t.like(body, {
    schemas: [USER_URN, ENTERPRISE_URN],
    userName: "ana@acme.example",
    active: true,
    meta: { resourceType: "User", location, version: 'W/"1"' },
  });
  t.true((await app.ask("GET", `${USERS}/${body["id"] as string}`)).text.includes('"department":"Sales"'));
});

test("a password is accepted and neither kept nor shown", async (t) => {
  const app = await openTestApp(t);
  const { status, body, text } = await create(app, "ana@acme.example", { password: "s3cret!" });
  t.is(status, 201);
  t.false(text.includes("s3cret!"));
  t.false((await app.ask("GET", `${USERS}/${body["id"] as string}`)).text.includes("s3cret!"));
});

test("GET, PUT, PATCH and DELETE of one user", async (t) => {
  const app = await openTestApp(t);
  const id = (await create(app, "ana@acme.example", { title: "Boss" })).body["id"] as string;
  const path = `${USERS}/${id}`;
  t.like((await app.ask("GET", path)).body, { id, title: "Boss" });
  const replaced = await app.ask("PUT", path, { json: aPerson("ana@acme.example", { nickName: "An" }) });
  t.like(replaced, { status: 200, headers: { etag: 'W/"2"' }, body: { nickName: "An" } });
  t.is(replaced.body["title"], undefined);
  const patched = await app.ask("PATCH", path, { json: patchOf({ active: "False" }) });
  t.like(patched, { status: 200, headers: { etag: 'W/"3"' }, body: { active: false } });
  const gone = await app.ask("DELETE", path);
  t.like(gone, { status: 204, text: "" });
  t.is(gone.headers["content-type"], undefined);
  for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
    const json = method === "PATCH" ? patchOf({ active: true }) : aPerson("ana@acme.example");
    const { status, body } = await app.ask(method, path, method === "GET" || method === "DELETE" ? {} : { json });
    t.is(status, 404, method);
    t.like(body, { status: "404", detail: "There is no such user." });
  }
});

test("pages are counted from 1 and hold at most 200", async (t) => {
  const app = await openTestApp(t);
  for (let n = 1; n <= 5; n += 1) await hire(app, `p${n}@acme.example`);
  const page = async (query: string): Promise<readonly unknown[]> => {
    const { body } = await app.ask("GET", `${USERS}?${query}`);
    t.is(body["totalResults"], 5);
    t.is(body["itemsPerPage"], userNames(body).length);
    return [body["startIndex"], ...userNames(body).map((name) => (name as string).slice(0, 2))];
  };
  t.deepEqual(await page(""), [1, "p1", "p2", "p3", "p4", "p5"]);
  t.deepEqual(await page("count=2"), [1, "p1", "p2"]);
  t.deepEqual(await page("startIndex=3&count=2"), [3, "p3", "p4"]);
  t.deepEqual(await page("startIndex=5&count=10"), [5, "p5"]);
  t.deepEqual(await page("startIndex=6"), [6]);
  t.deepEqual(await page("startIndex=0&count=1"), [1, "p1"]);
  t.deepEqual(await page("startIndex=-7&count=1"), [1, "p1"]);
  t.deepEqual(await page("count=0"), [1]);
  t.deepEqual(await page("count=-1"), [1]);
  t.deepEqual(await page("count=99999999999999999999"), [1, "p1", "p2", "p3", "p4", "p5"]);
  for (const query of ["count=x", "startIndex=1.5", "count=", "startIndex=%00"]) {
    const { status, body } = await app.ask("GET", `${USERS}?${query}`);
    t.is(status, 400, query);
    t.is(body["scimType"], "invalidValue");
  }
});

test("filters find by userName without case, by externalId with it, and by e-mail", async (t) => {
  const app = await openTestApp(t);
  await hire(app, "Ana@acme.example", { externalId: "E-1" });
  await hire(app, "bo@acme.example", { externalId: "E-2", active: false });
  const find = async (filter: string): Promise<readonly unknown[]> =>
    userNames((await app.ask("GET", `${USERS}?filter=${encodeURIComponent(filter)}`)).body);
  t.deepEqual(await find('userName eq "ana@ACME.example"'), ["Ana@acme.example"]);
  t.deepEqual(await find('externalId eq "E-2"'), ["bo@acme.example"], "inactive people are found, too");
  t.deepEqual(await find('externalId eq "e-2"'), []);
  t.deepEqual(await find('emails[type eq "work"].value eq "BO@acme.example"'), ["bo@acme.example"]);
  t.deepEqual(await find("active eq true"), ["Ana@acme.example"]);
  t.deepEqual(await find('userName sw "b" or externalId eq "E-1"'), ["Ana@acme.example", "bo@acme.example"]);
});

for (const [title, query, scimType] of [
  ["an empty filter", "filter=", "invalidFilter"],
  ["a filter of spaces", "filter=%20", "invalidFilter"],
  ["a broken filter", "filter=userName%20eq", "invalidFilter"],
  ["a filter of more than 4,096 characters", `filter=userName%20eq%20%22${"a".repeat(4_100)}%22`, "invalidFilter"],
  ["a filter that names the prototype", "filter=__proto__%20eq%20%22x%22", "invalidFilter"],
] as const) {
  test(`${title} is refused, and never lists everybody`, async (t) => {
    const app = await openTestApp(t);
    await hire(app, "ana@acme.example");
    const { status, body } = await app.ask("GET", `${USERS}?${query}`);
    t.is(status, 400);
    t.is(body["scimType"], scimType);
    t.is(body["Resources"], undefined);
  });
}

test("attributes and excludedAttributes choose what is shown, of one user and of many", async (t) => {
  const app = await openTestApp(t);
  const { id } = await hire(app, "ana@acme.example", { title: "Boss" });
  const keys = async (path: string): Promise<readonly string[]> => {
    const { body } = await app.ask("GET", path);
    const [first] = (body["Resources"] ?? [body]) as readonly JsonObject[];
    return Object.keys(first ?? {}).sort();
  };
  for (const path of [`${USERS}/${id}`, USERS]) {
    t.deepEqual(await keys(`${path}?attributes=title`), ["id", "schemas", "title"]);
    t.deepEqual(await keys(`${path}?attributes=${USER_URN}:TITLE`), ["id", "schemas", "title"]);
    t.false((await keys(`${path}?excludedAttributes=title,emails`)).includes("emails"));
    t.true((await keys(`${path}?excludedAttributes=id`)).includes("id"), "id is always shown");
  }
  const made = await app.ask("POST", `${USERS}?attributes=userName`, { json: aPerson("bo@acme.example") });
  t.deepEqual(Object.keys(made.body).sort(), ["id", "schemas", "userName"]);
});

test("a projection that is refused is refused before anything is written", async (t) => {
  const app = await openTestApp(t);
  const { status, body } = await app.ask("POST", `${USERS}?attributes=emails[`, { json: aPerson("ana@acme.example") });
  t.is(status, 400);
  t.is(body["scimType"], "invalidPath");
  t.is((await app.ask("GET", USERS)).body["totalResults"], 0);
});

test("If-None-Match spares the body of what is known, If-Match refuses what is not", async (t) => {
  const app = await openTestApp(t);
  const { id } = await hire(app, "ana@acme.example");
  const path = `${USERS}/${id}`;
  const known = await app.ask("GET", path, { headers: { "if-none-match": 'W/"1"' } });
  t.like(known, { status: 304, text: "", headers: { etag: 'W/"1"' } });
  t.is((await app.ask("GET", path, { headers: { "if-none-match": 'W/"7", "1"' } })).status, 304);
  t.is((await app.ask("GET", path, { headers: { "if-none-match": "*" } })).status, 304);
  t.is((await app.ask("GET", path, { headers: { "if-none-match": 'W/"2"' } })).status, 200);

  const json = patchOf({ title: "Boss" });
  for (const tag of ['W/"2"', '"0"', "rubbish", 'W/"01x"']) {
    const { status, body } = await app.ask("PATCH", path, { json, headers: { "if-match": tag } });
    t.is(status, 412, tag);
    t.like(body, { status: "412" });
  }
  t.is((await app.ask("PATCH", path, { json, headers: { "if-match": 'W/"1"' } })).status, 200);
  t.is(
    (await app.ask("PUT", path, { json: aPerson("ana@acme.example"), headers: { "if-match": 'W/"1"' } })).status,
    412,
  );
  t.is((await app.ask("DELETE", path, { headers: { "if-match": 'W/"1"' } })).status, 412);
  t.is((await app.ask("DELETE", path, { headers: { "if-match": "*" } })).status, 204);
});

test("nothing of another directory can be seen or touched, and the answers are those for what does not exist", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["*"], globex: ["*"] } });
  const { id } = await hire(app, "ana@globex.example", {}, GLOBEX);
  const answers = await Promise.all(
    [id, "00000000-0000-4000-8000-ffffffffffff"].map(async (unknown) => [
      (await app.ask("GET", `${USERS}/${unknown}`)).text,
      (await app.ask("PATCH", `${USERS}/${unknown}`, { json: patchOf({ active: false }) })).text,
      (await app.ask("PUT", `${USERS}/${unknown}`, { json: aPerson("x@acme.example") })).text,
      (await app.ask("DELETE", `${USERS}/${unknown}`)).text,
    ]),
  );
  t.deepEqual(answers[0], answers[1]);
  t.is((await app.ask("GET", USERS)).body["totalResults"], 0);
  const token = await app.newToken("scim", GLOBEX);
  t.is((await app.ask("GET", USERS, { token })).body["totalResults"], 1);
  t.is((await create(app, "ana@globex.example")).status, 201, "the same name may be pushed by both");
  t.is((await app.ask("GET", USERS)).body["totalResults"], 1);
});

test("who is turned away, and what nobody serves, is logged by a route that people can read", async (t) => {
  const app = await openTestApp(t);
  await app.ask("GET", `${USERS}/ana@acme.example`, { token: null });
  await app.ask("GET", `${USERS}/ana@acme.example/photo`);
  await app.ask("GET", "scim/v2/Robots");
  await app.ask("GET", "nothing/ana@acme.example");
  const lines = app.log.filter(({ event }) => event === "request.answered").map(({ fields }) => fields);
  t.deepEqual(
    lines.map(({ route, status }) => [route, status]),
    [
      ["/scim/v2", 401],
      ["none", 404],
      ["none", 404],
      ["none", 404],
    ],
  );
});

test("who pushed is in the audit log as a token, and the log names neither people nor secrets", async (t) => {
  const app = await openTestApp(t);
  const { body } = await create(app, "ana@acme.example", { displayName: "Ana Lima", password: "s3cret!" });
  await app.ask("GET", `${USERS}?filter=${encodeURIComponent('userName eq "ana@acme.example"')}`);
  await app.ask("GET", `${USERS}/${body["id"] as string}`);
  const lines = app.log.filter(({ event }) => event === "request.answered").map(({ fields }) => fields);
  t.deepEqual(
    lines.map(({ method, route, status }) => [method, route, status]),
    [
      ["POST", "/scim/v2/Users", 201],
      ["GET", "/scim/v2/Users", 200],
      ["GET", "/scim/v2/Users/:id", 200],
    ],
  );
  t.true(lines.every(({ token }) => token === app.token.split("_")[1]));
  const all = JSON.stringify(app.log);
  for (const secret of ["ana@", "Lima", "s3cret!", app.token.slice(14, 57)]) t.false(all.includes(secret), secret);
});
