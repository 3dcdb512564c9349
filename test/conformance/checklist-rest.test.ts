/** The conformance checklist, rows 27, 41 to 45 and 48 to 50: deletion, bulk, discovery, methods, addresses, isolation. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { Method } from "got";
import { GLOBEX } from "../support/bridge.ts";
import { openTestApp, PUBLIC_URL, type Ask, type TestApp } from "../support/app.ts";
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
  resourcesOf,
  ROOT,
  SEARCH_URN,
  UNKNOWN_ID,
  textOf,
  USERS,
  type Kind,
} from "../support/scim-kinds.ts";
import { CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

const BULK = `${ROOT}/Bulk`;
const BASE = `${PUBLIC_URL}/${ROOT}`;
const membersOf = (body: JsonObject): readonly JsonObject[] => (body["members"] ?? []) as readonly JsonObject[];

test("27 · DELETE: 204 and nothing; afterwards 404 to every method, and the memberships are gone", async (t) => {
  const app = await openTestApp(t);
  const [ana, bo] = [
    await createId(t, app, USERS, "ana", { externalId: "x-ana" }),
    await createId(t, app, USERS, "bo"),
  ];
  const inner = await createId(t, app, GROUPS, "Inner", { members: [{ value: ana }, { value: bo }] });
  const outer = await createId(t, app, GROUPS, "Outer", {
    members: [{ value: inner }, { value: "x-ana" }, { value: bo }],
  });
  const isGone = async (kind: Kind, id: string): Promise<void> => {
    const path = `${kind.path}/${id}`;
    const { text, headers } = await expectStatus(t, app, 204, ["DELETE", path]);
    t.deepEqual([text, headers["content-type"]], ["", undefined]);
    await refused(t, app, [404, null], ["GET", path]);
    await refused(t, app, [404, null], ["PUT", path, { json: kind.body("again") }]);
    await refused(t, app, [404, null], ["PATCH", path, { json: patchBody(op("replace", kind.free, "x")) }]);
    await refused(t, app, [404, null], ["DELETE", path]);
    t.deepEqual(await found(t, app, kind, `id eq "${id}"`), []);
  };
  const values = async (id: string): Promise<readonly unknown[]> =>
    membersOf((await app.ask("GET", `${GROUPS.path}/${id}`)).body).map(({ value }) => value);
  const version = (await app.ask("GET", `${GROUPS.path}/${inner}`)).headers["etag"];
  await isGone(USERS, ana);
  t.deepEqual([await values(inner), await values(outer)], [[bo], [inner, bo]], "by id and by externalId");
  t.not((await app.ask("GET", `${GROUPS.path}/${inner}`)).headers["etag"], version);
  await isGone(GROUPS, inner);
  t.deepEqual(await values(outer), [bo]);
  await isGone(GROUPS, outer);
  t.false("groups" in (await app.ask("GET", `${USERS.path}/${bo}`)).body);
});

interface BulkAnswer {
  readonly status: string;
  readonly [field: string]: JsonValue | undefined;
}

async function bulk(t: ExecutionContext, app: TestApp, parts: JsonObject): Promise<readonly BulkAnswer[]> {
  const json = { schemas: [BULK_URN], ...parts };
  const { body } = await expectStatus(t, app, 200, ["POST", BULK, { json }]);
  t.deepEqual(body["schemas"], ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]);
  return body["Operations"] as unknown as readonly BulkAnswer[];
}

const post = (bulkId: string, kind: Kind, name: string, parts: JsonObject = {}): JsonObject => ({
  method: "POST",
  path: kind === USERS ? "/Users" : "/Groups",
  bulkId,
  data: kind.body(name, parts),
});
const statuses = (answers: readonly BulkAnswer[]): readonly string[] => answers.map(({ status }) => status);
const idIn = (answer: BulkAnswer | undefined): string => textOf(answer?.["location"]).split("/").at(-1) ?? "";

test("41 · Bulk: references in both directions and in a circle, failOnErrors, caps, and an answer to each operation", async (t) => {
  const app = await openTestApp(t);
  const forth = await bulk(t, app, {
    Operations: [post("u", USERS, "ana"), post("g", GROUPS, "Team", { members: [{ value: "bulkId:u" }] })],
  });
  t.deepEqual(statuses(forth), ["201", "201"]);
  t.deepEqual(
    forth.map(({ bulkId, method }) => [bulkId, method]),
    [
      ["u", "POST"],
      ["g", "POST"],
    ],
  );
  const [ana, team] = [idIn(forth[0]), idIn(forth[1])];
  t.is(forth[0]?.["location"], `${BASE}/Users/${ana}`);
  t.is(forth[0]?.["version"], 'W/"1"');
  const read = async (kind: Kind, id: string) => (await expectStatus(t, app, 200, ["GET", `${kind.path}/${id}`])).body;
  t.deepEqual(
    membersOf(await read(GROUPS, team)).map(({ value }) => value),
    [ana],
  );

  const back = await bulk(t, app, {
    Operations: [post("g", GROUPS, "Backward", { members: [{ value: "bulkId:u" }] }), post("u", USERS, "bo")],
  });
  const byBulkId = new Map(back.map((answer) => [answer["bulkId"], answer]));
  t.deepEqual(statuses(back), ["201", "201"]);
  const [bo, backward] = [idIn(byBulkId.get("u")), idIn(byBulkId.get("g"))];
  t.deepEqual(
    membersOf(await read(GROUPS, backward)).map(({ value }) => value),
    [bo],
  );

  const circle = await bulk(t, app, {
    Operations: [
      post("a", GROUPS, "A", { members: [{ value: "bulkId:b", type: "Group" }] }),
      post("b", GROUPS, "B", { members: [{ value: "bulkId:a", type: "Group" }] }),
    ],
  });
  t.true(
    statuses(circle).every((status) => status === "201" || status === "200"),
    JSON.stringify(circle),
  );
  const circular = new Map(circle.map((answer) => [answer["bulkId"], idIn(answer)]));
  for (const [one, other] of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    const members = membersOf(await read(GROUPS, circular.get(one ?? "") ?? ""));
    t.deepEqual(
      members.map(({ value }) => value),
      [circular.get(other ?? "")],
      `${one} holds ${other}`,
    );
  }

  const manager = { [ENTERPRISE_URN]: { manager: { value: "bulkId:m" } } };
  const managed = await bulk(t, app, { Operations: [post("p", USERS, "pat", manager), post("m", USERS, "max")] });
  const people = new Map(managed.map((answer) => [answer["bulkId"], idIn(answer)]));
  const pat = await read(USERS, people.get("p") ?? "");
  t.deepEqual((pat[ENTERPRISE_URN] as JsonObject)["manager"], { value: people.get("m") });

  const others = await bulk(t, app, {
    Operations: [
      post("n", USERS, "new"),
      { method: "PATCH", path: `/Groups/${team}`, data: patchBody(op("add", "members", [{ value: "bulkId:n" }])) },
      { method: "PUT", path: `/Users/${ana}`, data: USERS.body("ana", { title: "put" }) },
      { method: "PATCH", path: `/Users/${ana}`, version: 'W/"1"', data: patchBody(op("replace", "title", "stale")) },
      { method: "DELETE", path: `/Users/${bo}` },
      { method: "DELETE", path: `/Users/${UNKNOWN_ID}` },
      { method: "PATCH", path: "/Users/bulkId:n", data: patchBody(op("add", "title", "by bulkId")) },
    ],
  });
  t.deepEqual(statuses(others), ["201", "200", "200", "412", "204", "404", "200"], JSON.stringify(others));
  const made = idIn(others[0]);
  t.is((await read(USERS, made))["title"], "by bulkId");
  t.deepEqual(
    membersOf(await read(GROUPS, team)).map(({ value }) => value),
    [ana, made],
  );
  t.is((await read(USERS, ana))["title"], "put");
  const missing = others[5]?.["response"] as JsonObject;
  t.like(missing, { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "404" });
  t.is(others[4]?.["location"], `${BASE}/Users/${bo}`);

  const failing = [post("1", USERS, "f1"), post("2", USERS, "f1"), post("3", USERS, "f1"), post("4", USERS, "f4")];
  const stopped = await bulk(t, app, { failOnErrors: 1, Operations: failing });
  t.deepEqual(statuses(stopped), ["201", "409"], "what comes after is neither done nor answered");
  t.deepEqual(await found(t, app, USERS, 'userName eq "f4@acme.example"'), []);
  const patient = await bulk(t, app, { failOnErrors: 3, Operations: failing });
  t.deepEqual(statuses(patient), ["409", "409", "409"]);
  t.deepEqual(statuses(await bulk(t, app, { Operations: failing })), ["409", "409", "409", "201"], "without a limit");
  const lost = await bulk(t, app, {
    Operations: [post("x", USERS, "f1"), post("y", GROUPS, "Lost", { members: [{ value: "bulkId:x" }] })],
  });
  t.deepEqual(statuses(lost), ["409", "409"], "what refers to what failed fails");

  const many = Array.from({ length: 1_001 }, () => ({ method: "DELETE", path: `/Users/${UNKNOWN_ID}` }));
  await refused(t, app, [413, null], ["POST", BULK, { json: { schemas: [BULK_URN], Operations: many } }]);
  const most = await bulk(t, app, { Operations: many.slice(1) });
  t.is(most.length, 1_000);
  const fat = { schemas: [BULK_URN], Operations: [post("fat", USERS, "fat", { title: "x".repeat(1_048_576) })] };
  await refused(t, app, [413, null], ["POST", BULK, { json: fat }]);
  t.deepEqual(await found(t, app, USERS, 'userName eq "fat@acme.example"'), []);
  const broken: readonly JsonValue[] = [
    { Operations: [] },
    { schemas: [BULK_URN] },
    { schemas: [BULK_URN], Operations: {} },
    { schemas: [BULK_URN], Operations: [{ method: "GET", path: "/Users" }] },
    { schemas: [BULK_URN], Operations: [{ method: "POST", path: "/Users", data: USERS.body("x") }] },
    { schemas: [BULK_URN], Operations: [{ ...post("x", USERS, "x"), path: "/Nothing" }] },
  ];
  for (const json of broken) {
    const { status, body, text } = await app.ask("POST", BULK, { json });
    const [first] = (body["Operations"] ?? []) as readonly BulkAnswer[];
    t.true(status === 400 || (status === 200 && ["400", "404"].includes(first?.status ?? "")), text);
  }
  t.deepEqual(await found(t, app, USERS, 'userName eq "x@acme.example"'), []);
});

test("42 · Discovery: what can be read, that it cannot be filtered or changed, and that it is true", async (t) => {
  const app = await openTestApp(t);
  const types = resourcesOf(await expectStatus(t, app, 200, ["GET", `${ROOT}/ResourceTypes`]));
  t.deepEqual(
    types.map(({ id, endpoint, schema }) => [id, endpoint, schema]),
    [
      ["User", "/Users", USER_URN],
      ["Group", "/Groups", GROUPS.urn],
    ],
  );
  const schemas = resourcesOf(await expectStatus(t, app, 200, ["GET", `${ROOT}/Schemas`]));
  t.deepEqual(
    schemas.map(({ id }) => id),
    [USER_URN, ENTERPRISE_URN, CALENDLY_URN, GROUPS.urn],
  );
  const pages = [
    ["ServiceProviderConfig", null],
    ...types.map((type) => [`ResourceTypes/${textOf(type["id"])}`, type] as const),
    ...schemas.map((schema) => [`Schemas/${textOf(schema["id"])}`, schema] as const),
  ] as const;
  for (const [path, expected] of pages) {
    const { body, text } = await expectStatus(t, app, 200, ["GET", `${ROOT}/${path}`]);
    if (expected !== null) t.deepEqual(body, expected);
    t.is((body["meta"] as JsonObject)["location"], `${BASE}/${path}`);
    t.false(text.includes("null"), "Entra reads no nulls");
  }
  for (const path of ["ServiceProviderConfig", "ResourceTypes", "Schemas"]) {
    await refused(t, app, [403, null], ["GET", `${ROOT}/${path}?filter=${encodeURIComponent('id eq "x"')}`]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      const answer = await app.ask(method, `${ROOT}/${path}`, method === "DELETE" ? {} : { json: {} });
      isScimError(t, answer, 405, null, `${method} ${path}`);
    }
  }
  for (const kind of KINDS) await isTrue(t, app, kind, types, schemas);
});

/** What a schema says of an attribute. */
interface Described {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly subAttributes?: readonly Described[];
}

/** Every advertised attribute that can be written is added, replaced and removed, and shown as the schema says. */
async function isTrue(
  t: ExecutionContext,
  app: TestApp,
  kind: Kind,
  types: readonly JsonObject[],
  schemas: readonly JsonObject[],
): Promise<void> {
  const path = `${kind.path}/${await createId(t, app, kind, "subject")}`;
  const extensions = (types.find(({ id }) => id === kind.type)?.["schemaExtensions"] ?? []) as readonly JsonObject[];
  const urns = [kind.urn, ...extensions.map(({ schema }) => textOf(schema))];
  let checked = 0;
  for (const urn of urns) {
    const attributes = schemas.find(({ id }) => id === urn)?.["attributes"] as unknown as readonly Described[];
    for (const attribute of attributes) {
      if (attribute.mutability === "readOnly") {
        await refused(
          t,
          app,
          [400, "mutability"],
          ["PATCH", path, { json: patchBody(op("add", attribute.name, "x")) }],
        );
        continue;
      }
      checked += 1;
      const name = `${urn}:${attribute.name}`;
      const holder = (body: JsonObject): JsonObject => (urn === kind.urn ? body : ((body[urn] ?? {}) as JsonObject));
      for (const [verb, turn] of [
        ["add", 1],
        ["replace", 2],
      ] as const) {
        const value = sample(attribute, turn);
        const shown = holder(await patched(t, app, path, op(verb, name, value)))[attribute.name];
        if (attribute.returned === "never") t.is(shown, undefined, name);
        else t.like({ shown }, { shown: value }, `${verb} ${name}`);
      }
      if (attribute.required || attribute.name === "active") {
        await refused(
          t,
          app,
          [400, ["mutability", "invalidValue"]],
          ["PATCH", path, { json: patchBody(op("remove", name)) }],
        );
      } else t.is(holder(await patched(t, app, path, op("remove", name)))[attribute.name], undefined, `remove ${name}`);
    }
  }
  t.true(checked > (kind === USERS ? 20 : 1), `${checked} attributes of ${kind.type}`);
}

/** A value of the attribute; another one at each turn. */
function sample({ name, type, multiValued, subAttributes = [] }: Described, turn: 1 | 2): JsonValue {
  const single = ((): JsonValue => {
    if (type === "boolean") return turn === 1;
    if (type === "integer" || type === "decimal") return turn;
    if (type === "dateTime") return `2026-01-0${turn}T00:00:00Z`;
    if (type === "binary") return turn === 1 ? "YQ==" : "Yg==";
    if (type !== "complex") return `${name}${turn}@acme.example`;
    const parts = subAttributes.filter((sub) => sub.mutability !== "readOnly" && sub.name !== "$ref");
    return Object.fromEntries(parts.map((sub) => [sub.name, sub.name === "type" ? typeFor(name) : sample(sub, turn)]));
  })();
  return multiValued ? [single] : single;
}

const typeFor = (name: string): string => (name === "members" ? "User" : "work");

test("43 · /Me: 501, to every method", async (t) => {
  const app = await openTestApp(t);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const)
    await refused(
      t,
      app,
      [501, null],
      [method, `${ROOT}/Me`, method === "GET" || method === "DELETE" ? {} : { json: {} }],
    );
});

test("44 · groups of a user: read-only, and what the members of groups say", async (t) => {
  const app = await openTestApp(t);
  const ana = await createId(t, app, USERS, "ana", { groups: [{ value: "x", display: "Made up" }] });
  const path = `${USERS.path}/${ana}`;
  const groups = async (): Promise<unknown> => (await app.ask("GET", path)).body["groups"];
  t.is(await groups(), undefined);
  const [one, two] = [await createId(t, app, GROUPS, "One"), await createId(t, app, GROUPS, "Two")];
  const shown = (id: string, display: string): JsonObject => ({
    value: id,
    $ref: `${BASE}/Groups/${id}`,
    display,
    type: "direct",
  });
  for (const id of [two, one]) await patched(t, app, `${GROUPS.path}/${id}`, op("add", "members", [{ value: ana }]));
  t.deepEqual(await groups(), [shown(one, "One"), shown(two, "Two")]);
  t.deepEqual(resourcesOf(await app.ask("GET", USERS.path))[0]?.["groups"], [shown(one, "One"), shown(two, "Two")]);
  await patched(t, app, `${GROUPS.path}/${one}`, op("replace", "displayName", "Uno"));
  t.deepEqual(await groups(), [shown(two, "Two"), shown(one, "Uno")]);
  const put = await expectStatus(t, app, 200, ["PUT", path, { json: USERS.body("ana", { groups: [] }) }]);
  t.deepEqual(put.body["groups"], [shown(two, "Two"), shown(one, "Uno")]);
  for (const operation of [op("add", "groups", [{ value: one }]), op("remove", "groups"), op("replace", "groups", [])])
    await refused(t, app, [400, "mutability"], ["PATCH", path, { json: patchBody(operation) }]);
  await patched(t, app, `${GROUPS.path}/${two}`, op("remove", `members[value eq "${ana}"]`));
  t.deepEqual(await groups(), [shown(one, "Uno")]);
  await expectStatus(t, app, 204, ["DELETE", `${GROUPS.path}/${one}`]);
  t.is(await groups(), undefined);
});

test("45 · Methods: what is not served is 405 or 501, with an error body", async (t) => {
  const app = await openTestApp(t);
  const asks: (readonly [Method, string])[] = [
    ["PUT", BULK],
    ["GET", BULK],
    ["DELETE", BULK],
    ["PATCH", BULK],
  ];
  for (const kind of KINDS) {
    const path = `${kind.path}/${await createId(t, app, kind, "one")}`;
    asks.push(["PUT", kind.path], ["PATCH", kind.path], ["DELETE", kind.path], ["POST", path]);
    asks.push(["TRACE", path]);
  }
  for (const [method, path] of asks) {
    const answer = await app.ask(method, path, ["PUT", "PATCH", "POST"].includes(method) ? { json: {} } : {});
    t.true([405, 501].includes(answer.status), `${method} ${path}: ${answer.status}`);
    isScimError(t, answer, answer.status, null, `${method} ${path}`);
  }
  for (const kind of KINDS) t.deepEqual(await found(t, app, kind, `${kind.named} pr`), ["one"]);
});

test("48 · Locations: absolute, and whatever a request says of hosts and schemes they stay what was configured", async (t) => {
  const app = await openTestApp(t);
  const headers = {
    host: "evil.example",
    forwarded: "for=1.2.3.4;host=evil.example;proto=ftp",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "ftp",
    "x-forwarded-port": "99",
    "x-forwarded-prefix": "/evil",
    "x-forwarded-server": "evil.example",
    "x-original-host": "evil.example",
  };
  const texts: string[] = [];
  for (const kind of KINDS) {
    const made = await expectStatus(t, app, 201, ["POST", kind.path, { json: kind.body("one"), headers }]);
    const location = `${PUBLIC_URL}/${kind.path}/${textOf(made.body["id"])}`;
    t.is(made.headers["location"], location);
    const path = `${kind.path}/${textOf(made.body["id"])}`;
    const got = await app.ask("GET", path, { headers });
    t.is((got.body["meta"] as JsonObject)["location"], location);
    const list = await app.ask("GET", kind.path, { headers });
    const search = await app.ask("POST", `${ROOT}/.search`, { json: { schemas: [SEARCH_URN] }, headers });
    texts.push(made.text, got.text, list.text, search.text);
  }
  const user = textOf(resourcesOf(await app.ask("GET", USERS.path))[0]?.["id"]);
  const json = patchBody(op("add", "members", [{ value: user, $ref: "https://evil.example/Users/1" }]));
  const group = textOf(resourcesOf(await app.ask("GET", GROUPS.path))[0]?.["id"]);
  const joined = await expectStatus(t, app, 200, ["PATCH", `${GROUPS.path}/${group}`, { json, headers }]);
  t.is(membersOf(joined.body)[0]?.["$ref"], `${BASE}/Users/${user}`);
  const operations = { schemas: [BULK_URN], Operations: [post("b", USERS, "bulk")] };
  const bulked = await expectStatus(t, app, 200, ["POST", BULK, { json: operations, headers }]);
  texts.push(joined.text, bulked.text, (await app.ask("GET", `${USERS.path}/${user}`, { headers })).text);
  for (const path of ["ServiceProviderConfig", "ResourceTypes", "Schemas"])
    texts.push((await app.ask("GET", `${ROOT}/${path}`, { headers })).text);
  for (const text of texts) t.false(text.includes("evil"), text);
});

test("49 · Core URN: core attributes under the URN of their schema are accepted", async (t) => {
  const app = await openTestApp(t);
  const nested = {
    schemas: [USER_URN],
    [USER_URN]: { userName: "ana@acme.example", name: { givenName: "Ana" } },
    title: "T",
  };
  const made = await expectStatus(t, app, 201, ["POST", USERS.path, { json: nested }]);
  t.like(made.body, { userName: "ana@acme.example", title: "T", name: { givenName: "Ana" }, schemas: [USER_URN] });
  t.false(USER_URN in made.body);
  const path = `${USERS.path}/${textOf(made.body["id"])}`;
  const put = { schemas: [USER_URN], [USER_URN.toUpperCase()]: { userName: "ana@acme.example", nickName: "An" } };
  const replaced = await expectStatus(t, app, 200, ["PUT", path, { json: put }]);
  t.deepEqual([replaced.body["nickName"], replaced.body["title"]], ["An", undefined]);
  t.is((await patched(t, app, path, op("replace", undefined, { [USER_URN]: { title: "P" } })))["title"], "P");
  t.is((await patched(t, app, path, op("replace", `${USER_URN}:title`, "Q")))["title"], "Q");
  t.is((await patched(t, app, path, op("add", USER_URN, { title: "R" })))["title"], "R");
  const group = { schemas: [GROUPS.urn], [GROUPS.urn]: { displayName: "Team", members: [{ value: made.body["id"] }] } };
  const team = await expectStatus(t, app, 201, ["POST", GROUPS.path, { json: group }]);
  t.deepEqual([team.body["displayName"], membersOf(team.body).length], ["Team", 1]);
  t.false(GROUPS.urn in team.body);
  const at = `${GROUPS.path}/${textOf(team.body["id"])}`;
  t.is(
    (await patched(t, app, at, op("replace", undefined, { [`${GROUPS.urn}:displayName`]: "Crew" })))["displayName"],
    "Crew",
  );
});

test("50 · Tenant isolation: to a foreign token every id of another directory is one that nobody has", async (t) => {
  const app = await openTestApp(t, { directories: { acme: ["*"], globex: ["*"] } });
  const token = await app.newToken("scim", GLOBEX);
  const user = await createId(t, app, USERS, "ana", { externalId: "secret-e", title: "hidden-title" });
  const group = await createId(t, app, GROUPS, "Hidden", { externalId: "secret-g", members: [{ value: user }] });
  const before = await Promise.all([USERS, GROUPS].map(async (kind) => (await app.ask("GET", kind.path)).text));
  const asks = (kind: Kind, id: string): readonly (readonly [Method, string, Ask])[] => {
    const path = `${kind.path}/${id}`;
    const here = kind === USERS ? `/Users/${id}` : `/Groups/${id}`;
    const patch = patchBody(op("replace", kind.free, "x"));
    const search = (filter: string): Ask => ({ json: { schemas: [SEARCH_URN], filter } });
    const bulkOf = (...Operations: readonly JsonObject[]): Ask => ({ json: { schemas: [BULK_URN], Operations } });
    return [
      ["GET", path, {}],
      ["GET", path, { headers: { "if-none-match": "*" } }],
      ["GET", `${path}?attributes=id`, {}],
      ["PUT", path, { json: kind.body("mine") }],
      ["PUT", path, { json: kind.body("mine"), headers: { "if-match": 'W/"1"' } }],
      ["PATCH", path, { json: patch }],
      ["PATCH", path, { json: patch, headers: { "if-match": 'W/"9"' } }],
      ["DELETE", path, {}],
      ["GET", `${kind.path}?filter=${encodeURIComponent(`id eq "${id}"`)}`, {}],
      ["POST", `${kind.path}/.search`, search(`id eq "${id}"`)],
      ["POST", `${ROOT}/.search`, search(`id eq "${id}" or members.value eq "${id}" or groups.value eq "${id}"`)],
      ["POST", BULK, bulkOf({ method: "PATCH", path: here, data: patch }, { method: "DELETE", path: here })],
      ["POST", BULK, bulkOf({ method: "PUT", path: here, data: kind.body("mine") })],
    ];
  };
  for (const [kind, id] of [
    [USERS, user],
    [GROUPS, group],
  ] as const) {
    const strangers = asks(kind, UNKNOWN_ID);
    for (const [index, [method, path, ask]] of asks(kind, id).entries()) {
      const foreign = await app.ask(method, path, { token, ...ask });
      const [, unknownPath = "", unknownAsk = {}] = strangers[index] ?? [];
      const unknown = await app.ask(method, unknownPath, { token, ...unknownAsk });
      t.is(foreign.status, unknown.status, `${method} ${path}`);
      t.is(foreign.text.replaceAll(id, UNKNOWN_ID), unknown.text, `${method} ${path}`);
      t.is(foreign.headers["etag"], unknown.headers["etag"]);
    }
  }
  for (const kind of KINDS) t.is((await app.ask("GET", kind.path, { token })).body["totalResults"], 0);
  for (const filter of [
    'externalId eq "secret-e"',
    'externalId eq "secret-g"',
    'title eq "hidden-title"',
    `members.value eq "${user}"`,
  ]) {
    const json = { schemas: [SEARCH_URN], filter };
    t.is((await app.ask("POST", `${ROOT}/.search`, { token, json })).body["totalResults"], 0, filter);
  }
  // A member value that is an id of another directory names nobody here.
  const json = GROUPS.body("Hidden", { externalId: "secret-g", members: [{ value: user }, { value: "secret-e" }] });
  const mine = await expectStatus(t, app, 201, ["POST", GROUPS.path, { token, json }]);
  t.deepEqual(mine.body["members"], [{ value: user }, { value: "secret-e" }]);
  t.deepEqual(await Promise.all([USERS, GROUPS].map(async (kind) => (await app.ask("GET", kind.path)).text)), before);
  await create(t, app, USERS, "second");
  const cursor = textOf((await app.ask("GET", `${USERS.path}?count=1&cursor=`)).body["nextCursor"]);
  await refused(
    t,
    app,
    [400, "invalidCursor"],
    ["GET", `${USERS.path}?count=1&cursor=${encodeURIComponent(cursor)}`, { token }],
  );
});
