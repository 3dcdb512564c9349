/** The conformance checklist, rows 1 to 11: media types, errors, creating, meta, versions, names, replacing. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { Method } from "got";
import { ACME } from "../support/bridge.ts";
import { openTestApp, PUBLIC_URL, type Answer, type Ask, type TestApp } from "../support/app.ts";
import {
  BULK_URN,
  create,
  createId,
  expectStatus,
  found,
  GROUPS,
  isScimError,
  KINDS,
  op,
  patchBody,
  patched,
  refused,
  ROOT,
  SEARCH_URN,
  UNKNOWN_ID,
  textOf,
  USERS,
} from "../support/scim-kinds.ts";
import { CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";
import type { JsonObject } from "../../src/domain/json.ts";

const bulkOf = (...Operations: readonly JsonObject[]): JsonObject => ({ schemas: [BULK_URN], Operations });
const search: JsonObject = { schemas: [SEARCH_URN] };
const metaOf = (body: JsonObject): JsonObject => body["meta"] as JsonObject;

test("1 · Media type out: every body is application/scim+json without charset, errors too", async (t) => {
  const app = await openTestApp(t);
  const is = async (status: number, method: Method, path: string, ask: Ask = {}): Promise<void> => {
    const { headers, text } = await expectStatus(t, app, status, [method, path, ask]);
    if (text === "") t.is(headers["content-type"], undefined, `${method} ${path}`);
    else t.is(headers["content-type"], "application/scim+json", `${method} ${path}`);
  };
  for (const kind of KINDS) {
    const id = await createId(t, app, kind, "one");
    await is(201, "POST", kind.path, { json: kind.body("two") });
    await is(200, "GET", kind.path);
    await is(200, "GET", `${kind.path}/${id}`, { headers: { accept: "application/json" } });
    await is(200, "PUT", `${kind.path}/${id}`, { json: kind.body("one") });
    await is(200, "PATCH", `${kind.path}/${id}`, { json: patchBody(op("replace", kind.free, "x")) });
    await is(200, "POST", `${kind.path}/.search`, { json: search });
    await is(409, "POST", kind.path, { json: kind.body("one") });
    await is(400, "POST", kind.path, { body: "{" });
    await is(412, "DELETE", `${kind.path}/${id}`, { headers: { "if-match": 'W/"99"' } });
    await is(404, "GET", `${kind.path}/${UNKNOWN_ID}`);
    await is(304, "GET", `${kind.path}/${id}`, { headers: { "if-none-match": "*" } });
    await is(204, "DELETE", `${kind.path}/${id}`);
  }
  await is(200, "POST", `${ROOT}/.search`, { json: search });
  await is(200, "POST", `${ROOT}/Bulk`, { json: bulkOf({ method: "DELETE", path: `/Users/${UNKNOWN_ID}` }) });
  for (const path of ["ServiceProviderConfig", "ResourceTypes", "Schemas", "ResourceTypes/User", `Schemas/${USER_URN}`])
    await is(200, "GET", `${ROOT}/${path}`);
  await is(401, "GET", USERS.path, { token: null });
  await is(403, "GET", `${ROOT}/Schemas?filter=x`);
  await is(404, "GET", `${ROOT}/Nothing`);
  await is(405, "DELETE", USERS.path);
  await is(501, "GET", `${ROOT}/Me`);
});

test("2 · Media type in: application/json is accepted wherever a body is", async (t) => {
  const app = await openTestApp(t);
  const headers = { "content-type": "application/json" };
  for (const kind of KINDS) {
    const made = await expectStatus(t, app, 201, ["POST", kind.path, { json: kind.body("one"), headers }]);
    const path = `${kind.path}/${textOf(made.body["id"])}`;
    const changed = patchBody(op("replace", kind.free, "by PATCH"));
    t.is((await expectStatus(t, app, 200, ["PATCH", path, { json: changed, headers }])).body[kind.free], "by PATCH");
    const put = kind.body("one", { [kind.free]: "by PUT" });
    t.is((await expectStatus(t, app, 200, ["PUT", path, { json: put, headers }])).body[kind.free], "by PUT");
    const all = await expectStatus(t, app, 200, ["POST", `${kind.path}/.search`, { json: search, headers }]);
    t.is(all.body["totalResults"], 1);
  }
  const both = await expectStatus(t, app, 200, ["POST", `${ROOT}/.search`, { json: search, headers }]);
  t.is(both.body["totalResults"], 2);
  const bulk = bulkOf({ method: "POST", path: "/Users", bulkId: "a", data: USERS.body("bulk") });
  await expectStatus(t, app, 200, ["POST", `${ROOT}/Bulk`, { json: bulk, headers }]);
  t.deepEqual(await found(t, app, USERS, 'userName sw "bulk"'), ["bulk"]);
});

test("3 · 401: an error body with the status as a string, and how to authenticate", async (t) => {
  const app = await openTestApp(t);
  const { tokens } = app.services();
  const request = { scope: "scim", directory: ACME, author: "test" } as const;
  const expired = await tokens.create({ ...request, expiresInMs: 1_000 });
  app.clock.advance(2_000);
  const revoked = await tokens.create({ ...request, expiresInMs: null });
  await tokens.revoke(revoked.record.id, "test");
  const attempts: readonly Ask[] = [
    { token: expired.token },
    { token: revoked.token },
    { token: null },
    { token: "rb_wrong" },
    { token: null, headers: { authorization: "Bearer" } },
    { token: null, headers: { authorization: `Basic ${Buffer.from(`user:${app.token}`).toString("base64")}` } },
    { token: `${app.token}x` },
  ];
  const paths = [USERS.path, GROUPS.path, `${USERS.path}/${UNKNOWN_ID}`, `${ROOT}/ServiceProviderConfig`];
  for (const path of [...paths, `${ROOT}/Schemas`, `${ROOT}/ResourceTypes`, `${ROOT}/Me`]) {
    for (const attempt of attempts) {
      const answer = await refused(t, app, [401, null], ["GET", path, attempt]);
      t.regex(textOf(answer.headers["www-authenticate"]), /^Bearer\b/, path);
    }
  }
  for (const path of [USERS.path, GROUPS.path, `${ROOT}/Bulk`, `${ROOT}/.search`])
    await refused(t, app, [401, null], ["POST", path, { token: null, json: USERS.body("one") }]);
  t.deepEqual(await found(t, app, USERS, "userName pr"), []);
});

test("4 · 404: an unknown endpoint or id is told with an error body", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    const path = `${kind.path}/${UNKNOWN_ID}`;
    await refused(t, app, [404, null], ["GET", path]);
    await refused(t, app, [404, null], ["PUT", path, { json: kind.body("x") }]);
    await refused(t, app, [404, null], ["PATCH", path, { json: patchBody(op("replace", kind.free, "x")) }]);
    await refused(t, app, [404, null], ["DELETE", path]);
    await refused(t, app, [404, null], ["GET", `${kind.path}/${encodeURIComponent("a/../b'\"")}`]);
    await refused(t, app, [404, null], ["GET", `${path}/more`]);
    t.deepEqual(await found(t, app, kind, `${kind.named} pr`), [], "nothing was made");
  }
  for (const path of ["Nothing", "ResourceTypes/Nothing", "Schemas/urn:nothing", "Users.json"])
    await refused(t, app, [404, null], ["GET", `${ROOT}/${path}`]);
});

test("5 · POST: 201, a Location equal to meta.location; id and meta of the client are passed over", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    const meta = {
      resourceType: "Other",
      created: "2001-01-01T00:00:00Z",
      location: "https://evil.example",
      version: "9",
    };
    const json = kind.body("one", { id: "mine", meta });
    const { body, headers } = await expectStatus(t, app, 201, ["POST", kind.path, { json }]);
    t.not(body["id"], "mine");
    const location = `${PUBLIC_URL}/${kind.path}/${textOf(body["id"])}`;
    t.is(headers["location"], location);
    t.like(metaOf(body), { resourceType: kind.type, location, version: 'W/"1"' });
    t.not(metaOf(body)["created"], "2001-01-01T00:00:00Z");
    t.deepEqual((await app.ask("GET", `${kind.path}/${textOf(body["id"])}`)).body, body);
    await refused(t, app, [404, null], ["GET", `${kind.path}/mine`]);
  }
});

test("6 · meta: all of it is there, and lastModified and version change on a real change only", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    const made = await create(t, app, kind, "one", { [kind.free]: "x" });
    const path = `${kind.path}/${textOf(made["id"])}`;
    const { created, lastModified, ...others } = metaOf(made);
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
    t.regex(textOf(created), instant);
    t.is(lastModified, created);
    t.deepEqual(others, { resourceType: kind.type, location: `${PUBLIC_URL}/${path}`, version: 'W/"1"' });
    app.clock.advance(60_000);

    t.deepEqual(metaOf(await patched(t, app, path, op("replace", kind.free, "x"))), metaOf(made), "PATCH");
    const put = await expectStatus(t, app, 200, ["PUT", path, { json: kind.body("one", { [kind.free]: "x" }) }]);
    t.deepEqual(metaOf(put.body), metaOf(made), "PUT");

    const changed = metaOf(await patched(t, app, path, op("replace", kind.free, "y")));
    t.is(changed["created"], created);
    t.true(Date.parse(textOf(changed["lastModified"])) >= Date.parse(textOf(created)) + 60_000);
    t.is(changed["version"], 'W/"2"');
  }
  const user = await create(t, app, USERS, "ana");
  const group = `${GROUPS.path}/${await createId(t, app, GROUPS, "Team")}`;
  const joined = await patched(t, app, group, op("add", "members", [{ value: textOf(user["id"]) }]));
  t.is(metaOf(joined)["version"], 'W/"2"', "a group changes with its members");
  const { body } = await app.ask("GET", `${USERS.path}/${textOf(user["id"])}`);
  t.deepEqual(metaOf(body), metaOf(user), "a user does not change with its groups");
  t.is((body["groups"] as readonly unknown[]).length, 1);
});

test("7 · schemas: exactly the namespaces that are present, as attributes come and go; left out, the endpoint says them", async (t) => {
  const app = await openTestApp(t);
  const made = await create(t, app, USERS, "ana", {
    schemas: [USER_URN, ENTERPRISE_URN, "urn:not:here"],
    [ENTERPRISE_URN]: {},
    [CALENDLY_URN]: { group: "" },
  });
  t.deepEqual(made["schemas"], [USER_URN], "empty extension objects are dropped");
  t.false(ENTERPRISE_URN in made || CALENDLY_URN in made);
  const path = `${USERS.path}/${textOf(made["id"])}`;
  const added = await patched(t, app, path, op("add", `${ENTERPRISE_URN}:department`, "Sales"));
  t.deepEqual(added["schemas"], [USER_URN, ENTERPRISE_URN]);
  t.deepEqual(added[ENTERPRISE_URN], { department: "Sales" });
  const both = await patched(t, app, path, op("replace", undefined, { [`${CALENDLY_URN}:group`]: "G" }));
  t.deepEqual(new Set(both["schemas"] as readonly string[]), new Set([USER_URN, ENTERPRISE_URN, CALENDLY_URN]));
  const less = await patched(t, app, path, op("remove", `${ENTERPRISE_URN}:department`));
  t.deepEqual(less["schemas"], [USER_URN, CALENDLY_URN]);
  const none = await patched(t, app, path, op("remove", CALENDLY_URN));
  t.deepEqual(none["schemas"], [USER_URN]);
  const foreign = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
  const group = await create(t, app, GROUPS, "Team", { schemas: [GROUPS.urn, foreign] });
  t.deepEqual(group["schemas"], [GROUPS.urn]);
  // Left out of a POST or PUT, the endpoint says what is meant; those of another type are refused.
  for (const kind of KINDS) {
    const { schemas, ...bare } = kind.body("one");
    t.truthy(schemas);
    const made = await expectStatus(t, app, 201, ["POST", kind.path, { json: bare }]);
    t.deepEqual(made.body["schemas"], [kind.urn]);
    const path = `${kind.path}/${textOf(made.body["id"])}`;
    await expectStatus(t, app, 200, ["PUT", path, { json: bare }]);
    const json = { ...bare, schemas: ["urn:not:here"] };
    await refused(t, app, [400, "invalidSyntax"], ["POST", kind.path, { json }]);
    await refused(t, app, [400, "invalidSyntax"], ["PUT", path, { json }]);
  }
});

test("8 · ETag: weak, equal to meta.version; If-None-Match 304, If-Match 412; the configuration says so", async (t) => {
  const app = await openTestApp(t);
  const config = (await app.ask("GET", `${ROOT}/ServiceProviderConfig`)).body;
  t.deepEqual(config["etag"], { supported: true });
  for (const kind of KINDS) {
    const made = await expectStatus(t, app, 201, ["POST", kind.path, { json: kind.body("one") }]);
    const path = `${kind.path}/${textOf(made.body["id"])}`;
    const tagged = ({ headers, body }: Answer): string => {
      const { version } = metaOf(body);
      t.regex(textOf(headers["etag"]), /^W\/"[^"]+"$/);
      t.is(textOf(headers["etag"]), textOf(version));
      return textOf(headers["etag"]);
    };
    const first = tagged(made);
    t.is(tagged(await app.ask("GET", path)), first);
    const second = tagged(await app.ask("PATCH", path, { json: patchBody(op("add", kind.free, "x")) }));
    t.not(second, first);
    t.is(tagged(await app.ask("PUT", path, { json: kind.body("one", { [kind.free]: "x" }) })), second, "no change");

    const known = await expectStatus(t, app, 304, ["GET", path, { headers: { "if-none-match": second } }]);
    t.is(known.text, "");
    t.is(known.headers["etag"], second);
    await expectStatus(t, app, 200, ["GET", path, { headers: { "if-none-match": first } }]);

    const stale = { headers: { "if-match": first } };
    await refused(t, app, [412, null], ["PUT", path, { json: kind.body("two"), ...stale }]);
    await refused(t, app, [412, null], ["PATCH", path, { json: patchBody(op("add", kind.free, "y")), ...stale }]);
    await refused(t, app, [412, null], ["DELETE", path, stale]);
    const kept = await expectStatus(t, app, 200, ["GET", path]);
    t.deepEqual([kept.body[kind.named], kept.body[kind.free]], [kind.nameOf("one"), "x"]);

    const fresh = { headers: { "if-match": second } };
    const third = tagged(await app.ask("PUT", path, { json: kind.body("two"), ...fresh }));
    const json = patchBody(op("add", kind.free, "y"));
    await expectStatus(t, app, 200, ["PATCH", path, { json, headers: { "if-match": `W/"77", ${third}` } }]);
    await expectStatus(t, app, 204, ["DELETE", path, { headers: { "if-match": "*" } }]);
  }
});

test("9 · Uniqueness: a name in any letter case is refused by POST, PUT and PATCH, and free again after DELETE", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    const one = `${kind.path}/${await createId(t, app, kind, "one")}`;
    const two = `${kind.path}/${await createId(t, app, kind, "two", { externalId: "two" })}`;
    const taken = kind.nameOf("ONE");
    const conflict = [409, "uniqueness"] as const;
    await refused(t, app, conflict, ["POST", kind.path, { json: kind.body("one") }]);
    await refused(t, app, conflict, ["POST", kind.path, { json: kind.body("x", { [kind.named]: taken }) }]);
    await refused(t, app, conflict, ["PUT", two, { json: kind.body("x", { [kind.named]: taken }) }]);
    await refused(t, app, conflict, ["PATCH", two, { json: patchBody(op("replace", kind.named, taken)) }]);
    await refused(t, app, conflict, [
      "PATCH",
      two,
      { json: patchBody(op("replace", undefined, { [kind.named]: taken })) },
    ]);
    await refused(t, app, conflict, ["POST", kind.path, { json: kind.body("three", { externalId: "two" }) }]);
    t.is((await app.ask("GET", two)).body[kind.named], kind.nameOf("two"));
    t.is((await patched(t, app, one, op("replace", kind.named, taken)))[kind.named], taken, "one's own name");
    await expectStatus(t, app, 204, ["DELETE", one]);
    const anew = await create(t, app, kind, "one");
    t.not(`${kind.path}/${textOf(anew["id"])}`, one);
  }
});

test("10 · Bad input: a missing name is invalidValue, broken JSON invalidSyntax, and nothing is made", async (t) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    const path = `${kind.path}/${await createId(t, app, kind, "one")}`;
    const before = (await app.ask("GET", path)).body;
    const nameless: readonly JsonObject[] = [
      { schemas: [kind.urn] },
      ...[null, "", "  ", []].map((value) => kind.body("x", { [kind.named]: value })),
    ];
    for (const json of nameless) {
      await refused(t, app, [400, "invalidValue"], ["POST", kind.path, { json }]);
      await refused(t, app, [400, "invalidValue"], ["PUT", path, { json }]);
    }
    await refused(t, app, [400, "invalidValue"], ["POST", kind.path, { json: kind.body("x", { [kind.named]: 7 }) }]);
    const broken = ["{", '{"schemas":', "", "[]", '"text"', "null", "<xml/>", '{"a":1} {"b":2}'];
    for (const body of broken) {
      await refused(t, app, [400, "invalidSyntax"], ["POST", kind.path, { body }]);
      await refused(t, app, [400, "invalidSyntax"], ["PUT", path, { body }]);
      await refused(t, app, [400, "invalidSyntax"], ["PATCH", path, { body }]);
    }
    const foreign = kind.body("x", { schemas: ["urn:not:here"] });
    await refused(t, app, [400, "invalidSyntax"], ["POST", kind.path, { json: foreign }]);
    t.deepEqual((await app.ask("GET", path)).body, before);
    t.deepEqual(await found(t, app, kind, `${kind.named} pr`), ["one"]);
  }
  const user = `${USERS.path}/${await createId(t, app, USERS, "active")}`;
  for (const active of ["yes", 0, 1, null, {}, []]) {
    await refused(t, app, [400, "invalidValue"], ["POST", USERS.path, { json: USERS.body("x", { active }) }]);
    await refused(t, app, [400, "invalidValue"], ["PUT", user, { json: USERS.body("active", { active }) }]);
    await refused(t, app, [400, "invalidValue"], ["PATCH", user, { json: patchBody(op("replace", "active", active)) }]);
  }
  t.is((await app.ask("GET", user)).body["active"], true);
});

async function membersOf(app: TestApp, path: string): Promise<unknown> {
  return (await app.ask("GET", path)).body["members"];
}

test("11 · PUT: never creates, clears what is omitted, passes over what is read-only, keeps active and members", async (t: ExecutionContext) => {
  const app = await openTestApp(t);
  for (const kind of KINDS) {
    await refused(t, app, [404, null], ["PUT", `${kind.path}/${UNKNOWN_ID}`, { json: kind.body("new") }]);
    t.deepEqual(await found(t, app, kind, `${kind.named} pr`), []);
  }
  const full = { title: "T", nickName: "N", active: false, emails: [{ value: "ana@acme.example", type: "work" }] };
  const made = await create(t, app, USERS, "ana", { ...full, [ENTERPRISE_URN]: { department: "Sales" } });
  const user = `${USERS.path}/${textOf(made["id"])}`;
  const put = async (parts: JsonObject): Promise<JsonObject> =>
    (await expectStatus(t, app, 200, ["PUT", user, { json: USERS.body("ana", parts) }])).body;
  const { meta, ...left } = await put({
    nickName: "N2",
    id: "other",
    groups: [{ value: "x" }],
    meta: { version: "x" },
  });
  t.deepEqual(left, {
    schemas: [USER_URN],
    id: made["id"],
    userName: "ana@acme.example",
    active: false,
    nickName: "N2",
  });
  t.is((meta as JsonObject)["version"], 'W/"2"');
  t.is((await put({ active: true }))["active"], true);
  t.is((await put({ title: null }))["active"], true, "an omitted active keeps the stored value");

  const json = GROUPS.body("Team", { externalId: "e", members: [{ value: textOf(made["id"]), type: "User" }] });
  const group = `${GROUPS.path}/${textOf((await expectStatus(t, app, 201, ["POST", GROUPS.path, { json }])).body["id"])}`;
  const members = await membersOf(app, group);
  t.is((members as readonly unknown[]).length, 1);
  const renamed = await expectStatus(t, app, 200, ["PUT", group, { json: GROUPS.body("Crew") }]);
  t.deepEqual([renamed.body["displayName"], renamed.body["externalId"]], ["Crew", undefined]);
  t.deepEqual(renamed.body["members"], members, "omitted members are kept");
  const retyped = GROUPS.body("Crew", { members: [{ value: textOf(made["id"]), type: "Group" }] });
  await refused(t, app, [400, "mutability"], ["PUT", group, { json: retyped }]);
  t.deepEqual(await membersOf(app, group), members);
  await expectStatus(t, app, 200, ["PUT", group, { json: GROUPS.body("Crew", { members: [] }) }]);
  t.is(await membersOf(app, group), undefined, "an empty list empties the group");
  isScimError(t, await app.ask("PUT", GROUPS.path, { json: GROUPS.body("Crew") }), 405, null);
});
