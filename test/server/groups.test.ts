import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, PUBLIC_URL, type TestApp } from "../support/app.ts";
import { aPerson, hire } from "../support/bridge.ts";
import { aPatch, aScimGroup, GROUP_URN } from "../support/scim-users.ts";

const GROUPS = "scim/v2/Groups";
const USERS = "scim/v2/Users";
const idIn = (body: JsonObject): string => body["id"] as string;
const create = async (app: TestApp, ...group: Parameters<typeof aScimGroup>): Promise<string> => {
  const { status, body, text } = await app.ask("POST", GROUPS, { json: aScimGroup(...group) });
  if (status !== 201) throw new Error(text);
  return idIn(body);
};
const valuesOf = (body: JsonObject): readonly unknown[] =>
  ((body["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value);
const members = async (app: TestApp, id: string): Promise<readonly unknown[]> =>
  valuesOf((await app.ask("GET", `${GROUPS}/${id}`)).body);
const groupsOf = async (app: TestApp, id: string): Promise<readonly unknown[]> => {
  const { body } = await app.ask("GET", `${USERS}/${id}`);
  return ((body["groups"] ?? []) as readonly JsonObject[]).map(({ display }) => display);
};

test("POST answers 201 with the group, its members, its address and its version", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const json = aScimGroup("Sales", [ana.id], { externalId: "g-1" });
  const { status, headers, body } = await app.ask("POST", GROUPS, { json });
  t.is(status, 201);
  const location = `${PUBLIC_URL}/scim/v2/Groups/${idIn(body)}`;
  t.like(headers, { location, etag: 'W/"1"', "content-type": "application/scim+json" });
  t.like(body, {
    schemas: [GROUP_URN],
    displayName: "Sales",
    externalId: "g-1",
    members: [{ value: ana.id, type: "User", $ref: `${PUBLIC_URL}/scim/v2/Users/${ana.id}` }],
    meta: { resourceType: "Group", location, version: 'W/"1"' },
  });
});

test("GET, PUT, PATCH and DELETE of one group", async (t) => {
  const app = await openTestApp(t);
  const [ana, bo] = [await hire(app, "ana@acme.example"), await hire(app, "bo@acme.example")];
  const id = await create(app, "Sales", [ana.id], { externalId: "g-1" });
  const path = `${GROUPS}/${id}`;
  t.like((await app.ask("GET", path)).body, { id, displayName: "Sales", externalId: "g-1" });

  const renamed = await app.ask("PUT", path, { json: aScimGroup("Sales EMEA") });
  t.like(renamed, { status: 200, headers: { etag: 'W/"2"' }, body: { displayName: "Sales EMEA" } });
  t.is(renamed.body["externalId"], undefined);
  t.deepEqual(valuesOf(renamed.body), [ana.id], "a PUT that says nothing of members keeps them");

  const replaced = await app.ask("PUT", path, { json: aScimGroup("Sales EMEA", [bo.id]) });
  t.like(replaced, { status: 200, headers: { etag: 'W/"3"' } });
  t.deepEqual(valuesOf(replaced.body), [bo.id]);

  const patched = await app.ask("PATCH", path, {
    json: aPatch(
      { op: "remove", path: `members[value eq "${bo.id}"]` },
      { op: "add", path: "members", value: [{ value: ana.id }] },
    ),
  });
  t.like(patched, { status: 200, headers: { etag: 'W/"4"' } });
  t.deepEqual(valuesOf(patched.body), [ana.id]);

  t.like(await app.ask("DELETE", path), { status: 204, text: "" });
  for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
    const json = method === "PATCH" ? aPatch({ op: "remove", path: "externalId" }) : aScimGroup("Sales");
    const { status, body } = await app.ask(method, path, method === "GET" || method === "DELETE" ? {} : { json });
    t.is(status, 404, method);
    t.like(body, { status: "404", detail: "There is no such group." });
  }
  t.deepEqual(await groupsOf(app, ana.id), []);
});

test("what changes nothing keeps the version, and every change of members grows it", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const path = `${GROUPS}/${await create(app, "Sales")}`;
  const add = aPatch({ op: "add", path: "members", value: [{ value: ana.id }] });
  const drop = aPatch({ op: "remove", path: "members", value: [{ value: ana.id }] });
  const versions = [];
  for (const json of [add, add, drop, drop, aPatch({ op: "replace", value: { displayName: "Sales" } })]) {
    versions.push((await app.ask("PATCH", path, { json })).headers["etag"]);
  }
  t.deepEqual(versions, ['W/"2"', 'W/"2"', 'W/"3"', 'W/"3"', 'W/"3"']);
});

test("the groups of a user follow the members of groups, and show only where they are asked for", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  const support = await create(app, "Support", [ana.id]);
  await create(app, "Sales", [ana.id]);
  t.deepEqual(await groupsOf(app, ana.id), ["Sales", "Support"]);
  const { body } = await app.ask("GET", `${USERS}/${ana.id}`);
  t.like((body["groups"] as readonly JsonObject[])[1], {
    value: support,
    type: "direct",
    $ref: `${PUBLIC_URL}/scim/v2/Groups/${support}`,
  });
  const listed = await app.ask("GET", USERS);
  t.is(((listed.body["Resources"] as readonly JsonObject[])[0]?.["groups"] as readonly unknown[]).length, 2);
  for (const query of ["attributes=userName", "excludedAttributes=groups"]) {
    t.is((await app.ask("GET", `${USERS}/${ana.id}?${query}`)).body["groups"], undefined);
    t.false((await app.ask("GET", `${USERS}?${query}`)).text.includes("Support"));
  }
  const patched = await app.ask("PATCH", `${USERS}/${ana.id}`, {
    json: aPatch({ op: "replace", value: { title: "Boss" } }),
  });
  t.is((patched.body["groups"] as readonly unknown[]).length, 2, "an answer to a write shows them, too");
  await app.ask("DELETE", `${GROUPS}/${support}`);
  t.deepEqual(await groupsOf(app, ana.id), ["Sales"]);
});

test("a member may come before the user does, by externalId, and is one as soon as the user is here", async (t) => {
  const app = await openTestApp(t);
  const id = await create(app, "Sales", ["e-1", "nobody"]);
  const [first] = (await app.ask("GET", `${GROUPS}/${id}`)).body["members"] as readonly JsonObject[];
  t.deepEqual(first, { value: "e-1" });
  const made = await app.ask("POST", USERS, { json: aPerson("ana@acme.example", { externalId: "e-1" }) });
  t.like(made.body, { groups: [{ value: id, display: "Sales" }] });
  const group = await app.ask("GET", `${GROUPS}/${id}`);
  const ana = idIn(made.body);
  const [found, pending] = group.body["members"] as readonly JsonObject[];
  t.like(found, { value: ana, type: "User", $ref: `${PUBLIC_URL}/scim/v2/Users/${ana}` });
  t.deepEqual(pending, { value: "nobody" });
  t.is(group.headers["etag"], 'W/"2"', "its members refer to somebody now");
  for (const filter of [`members.value eq "${ana}"`, `members[value eq "${ana}"]`]) {
    const { body } = await app.ask("GET", `${GROUPS}?filter=${encodeURIComponent(filter)}`);
    t.is(body["totalResults"], 1, filter);
  }
});

test("whoever is deleted is no member any more, and the group has another version", async (t) => {
  const app = await openTestApp(t);
  const [ana, bo] = [await hire(app, "ana@acme.example", { externalId: "e-1" }), await hire(app, "bo@acme.example")];
  const id = await create(app, "Sales", ["e-1", bo.id]);
  await app.ask("DELETE", `${USERS}/${ana.id}`);
  t.deepEqual(await members(app, id), [bo.id]);
  t.is((await app.ask("GET", `${GROUPS}/${id}`)).headers["etag"], 'W/"2"');
});

test("a group may be a member of another", async (t) => {
  const app = await openTestApp(t);
  const inner = await create(app, "EMEA");
  const outer = await create(app, "Sales", [inner]);
  const { body } = await app.ask("GET", `${GROUPS}/${outer}`);
  t.like(body, { members: [{ value: inner, type: "Group", $ref: `${PUBLIC_URL}/scim/v2/Groups/${inner}` }] });
  await app.ask("DELETE", `${GROUPS}/${inner}`);
  t.deepEqual(await members(app, outer), []);
});

test("a displayName or externalId that is taken is a 409, in whatever letter case the name is", async (t) => {
  const app = await openTestApp(t);
  await create(app, "Sales", undefined, { externalId: "g-1" });
  const other = await create(app, "Support");
  for (const json of [aScimGroup("SALES"), aScimGroup("Sales EMEA", undefined, { externalId: "g-1" })]) {
    for (const [method, path] of [
      ["POST", GROUPS],
      ["PUT", `${GROUPS}/${other}`],
    ] as const) {
      const { status, body } = await app.ask(method, path, { json });
      t.is(status, 409, method);
      t.like(body, { scimType: "uniqueness", status: "409" });
    }
  }
  t.like((await app.ask("GET", `${GROUPS}/${other}`)).body, { displayName: "Support", meta: { version: 'W/"1"' } });
});

test("excludedAttributes=members leaves members unread, whatever the method", async (t) => {
  let reads = 0;
  const count = <T>(value: T): T => ((reads += 1), value);
  const app = await openTestApp(t, {
    wrap: (store) => ({
      ...store,
      read: (directory, work) => store.read(directory, (tx) => work({ ...tx, members: (id) => count(tx.members(id)) })),
      write: (directory, work) =>
        store.write(directory, (tx) => work({ ...tx, members: (id) => count(tx.members(id)) })),
    }),
  });
  const ana = await hire(app, "ana@acme.example");
  const id = await create(app, "Sales", [ana.id]);
  const json = aPatch({ op: "add", path: "members", value: [{ value: "later" }] });
  reads = 0;
  for (const [index, query] of ["excludedAttributes=members", "attributes=displayName"].entries()) {
    for (const [method, path, ask] of [
      ["GET", `${GROUPS}/${id}`, {}],
      ["GET", GROUPS, {}],
      ["PATCH", `${GROUPS}/${id}`, { json }],
      ["PUT", `${GROUPS}/${id}`, { json: aScimGroup(`Sales ${index}`) }],
    ] as const) {
      const { status, text } = await app.ask(method, `${path}?${query}`, ask);
      t.is(status, 200);
      t.false(text.includes("members"), `${method} ${path}?${query}`);
    }
  }
  const known = await app.ask("GET", `${GROUPS}/${id}`, { headers: { "if-none-match": "*" } });
  t.is(known.status, 304);
  t.is(reads, 0);
  for (const query of ["attributes=members.value", "excludedAttributes=members.type"]) {
    t.true((await app.ask("GET", `${GROUPS}/${id}?${query}`)).text.includes(ana.id), query);
  }
  t.is(reads, 2);
});

test("groups are found by name without case, by externalId, and by who is in them", async (t) => {
  const app = await openTestApp(t);
  const ana = await hire(app, "ana@acme.example");
  await create(app, "Sales", [ana.id], { externalId: "G-1" });
  await create(app, "Support");
  const find = async (filter: string): Promise<readonly unknown[]> => {
    const { body } = await app.ask("GET", `${GROUPS}?filter=${encodeURIComponent(filter)}`);
    return (body["Resources"] as readonly JsonObject[]).map(({ displayName }) => displayName);
  };
  t.deepEqual(await find('displayName eq "SALES"'), ["Sales"]);
  t.deepEqual(await find('externalId eq "G-1"'), ["Sales"]);
  t.deepEqual(await find('externalId eq "g-1"'), []);
  t.deepEqual(await find(`members.value eq "${ana.id}"`), ["Sales"]);
  t.deepEqual(await find(`members[value eq "${ana.id}"]`), ["Sales"]);
  t.deepEqual(await find('displayName sw "S"'), ["Sales", "Support"]);
});

test("If-Match lists versions, any of which will do", async (t) => {
  const app = await openTestApp(t);
  const path = `${GROUPS}/${await create(app, "Sales")}`;
  const rename = (name: string, tag: string) =>
    app.ask("PATCH", path, {
      json: aPatch({ op: "replace", path: "displayName", value: name }),
      headers: { "if-match": tag },
    });
  for (const tag of ['W/"2"', '"7", W/"8"', "rubbish", 'rubbish, "01"', ","]) {
    t.is((await rename("Other", tag)).status, 412, tag);
  }
  t.is((await rename("A", 'W/"9", W/"1"')).status, 200);
  t.is((await rename("B", 'rubbish,"2"')).status, 200);
  t.is((await rename("C", '"9", *')).status, 200);
  t.is((await app.ask("GET", path, { headers: { "if-none-match": 'W/"4"' } })).status, 304);
  t.is((await app.ask("DELETE", path, { headers: { "if-match": 'W/"3"' } })).status, 412);
  t.is((await app.ask("DELETE", path, { headers: { "if-match": 'W/"3", W/"4"' } })).status, 204);
});
