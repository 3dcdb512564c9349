/** The conformance checklist, rows 35 to 40, 46 and 47: pages, order, projection, searches, limits and cursors. */
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import knex from "knex";
import { TooManyError } from "../../src/domain/errors.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { parseSortBy } from "../../src/scim/sort-key.ts";
import { createDirectoryReader } from "../../src/store/directory-read.ts";
import { ACME } from "../support/bridge.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import {
  create,
  createId,
  expectStatus,
  found,
  GROUPS,
  KINDS,
  op,
  patchBody,
  patched,
  refused,
  resourcesOf,
  ROOT,
  SEARCH_URN,
  textOf,
  USERS,
  type Kind,
} from "../support/scim-kinds.ts";
import { CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";
import type { JsonObject } from "../../src/domain/json.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const namesIn = (kind: Kind, resources: readonly JsonObject[]): readonly string[] =>
  resources.map((resource) => textOf(resource[kind.named]).replace("@acme.example", ""));

/** Five of each kind. */
async function five(t: ExecutionContext): Promise<TestApp> {
  const app = await openTestApp(t);
  for (const kind of KINDS)
    for (const name of NAMES) await create(t, app, kind, name, { externalId: `${kind.type}-${name}` });
  return app;
}

/** One page, by query and by search, which must be the same: its numbers, then its names. */
async function page(t: ExecutionContext, app: TestApp, kind: Kind, query: JsonObject): Promise<readonly unknown[]> {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(textOf(value))}`);
  const byQuery = await expectStatus(t, app, 200, ["GET", `${kind.path}?${text.join("&")}`]);
  const json = { schemas: [SEARCH_URN], ...query };
  const byBody = await expectStatus(t, app, 200, ["POST", `${kind.path}/.search`, { json }]);
  t.deepEqual(byBody.body, byQuery.body, JSON.stringify(query));
  const { totalResults, startIndex, itemsPerPage, Resources } = byQuery.body;
  for (const number of [totalResults, startIndex, itemsPerPage])
    t.true(Number.isInteger(number), JSON.stringify(query));
  const names = namesIn(kind, Resources as readonly JsonObject[]);
  t.is(itemsPerPage, names.length, JSON.stringify(query));
  return [totalResults, startIndex, ...names];
}

test("35 · Index paging: startIndex and count are bounded, counted and echoed as integers", async (t) => {
  const app = await five(t);
  for (const kind of KINDS) {
    const is = async (query: JsonObject, ...expected: readonly unknown[]): Promise<void> =>
      void t.deepEqual(await page(t, app, kind, query), [5, ...expected], JSON.stringify(query));
    await is({}, 1, ...NAMES);
    await is({ startIndex: 1, count: 2 }, 1, "a", "b");
    await is({ startIndex: 4, count: 2 }, 4, "d", "e");
    await is({ startIndex: 0, count: 1 }, 1, "a");
    await is({ startIndex: -5, count: 1 }, 1, "a");
    await is({ count: 0 }, 1);
    await is({ count: -3 }, 1);
    await is({ count: 100_000 }, 1, ...NAMES);
    await is({ startIndex: 6 }, 6);
    await is({ startIndex: 3, count: 1, filter: `${kind.named} pr` }, 3, "c");
    for (const query of ["count=two", "startIndex=1.5", "count=1e1x"])
      await refused(t, app, [400, "invalidValue"], ["GET", `${kind.path}?${query}`]);
  }
  const config = (await app.ask("GET", `${ROOT}/ServiceProviderConfig`)).body["filter"] as JsonObject;
  const most = Number(config["maxResults"]);
  const many = await openTestApp(t);
  const operations = Array.from({ length: most + 1 }, (_, index) => ({
    method: "POST",
    path: "/Users",
    bulkId: `b${index}`,
    data: USERS.body(`u${index}`),
  }));
  const json = { schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], Operations: operations };
  await expectStatus(t, many, 200, ["POST", `${ROOT}/Bulk`, { json }]);
  for (const query of ["", `?count=${most + 1}`]) {
    const { body } = await many.ask("GET", `${USERS.path}${query}`);
    t.deepEqual([body["totalResults"], body["itemsPerPage"]], [most + 1, most], "count is capped");
  }
});

test("36 · Page order: stable from page to page, and past the end there is an empty page", async (t) => {
  const app = await five(t);
  for (const kind of KINDS) {
    const pages = [];
    for (let startIndex = 1; startIndex <= 7; startIndex += 2) {
      const [total, start, ...names] = await page(t, app, kind, { startIndex, count: 2 });
      t.deepEqual([total, start], [5, startIndex]);
      pages.push(...names);
      // A change of somebody who was given must not move anybody else.
      const [first] = resourcesOf(await app.ask("GET", `${kind.path}?count=1`));
      await patched(t, app, `${kind.path}/${textOf(first?.["id"])}`, op("replace", kind.free, `x${startIndex}`));
    }
    t.deepEqual(pages, NAMES);
    t.deepEqual(await page(t, app, kind, { startIndex: 1_000_000, count: 2 }), [5, 1_000_000]);
  }
});

test("37 · Sorting: by attribute, sub-attribute and primary value, by the attribute's case rule, the missing last", async (t) => {
  const app = await openTestApp(t);
  const emails = (...values: readonly string[]) =>
    values.map((value, index) => ({ value: `${value}@acme.example`, primary: index === 1 }));
  await create(t, app, USERS, "one", {
    title: "b",
    externalId: "b",
    name: { familyName: "Z" },
    emails: emails("a", "z"),
  });
  await create(t, app, USERS, "Two", { title: "A", externalId: "A", name: { familyName: "a" }, emails: emails("m") });
  await create(t, app, USERS, "three", { title: "a", externalId: "B", name: { familyName: "M" }, active: false });
  await create(t, app, USERS, "Four", { [ENTERPRISE_URN]: { department: "Sales" }, emails: emails("b") });
  for (const name of ["beta", "Alpha", "gamma"])
    await create(t, app, GROUPS, name, name === "beta" ? {} : { externalId: name.toLowerCase() });

  const sorted = async (kind: Kind, sortBy: string, sortOrder?: string): Promise<readonly unknown[]> =>
    (await page(t, app, kind, { sortBy, ...(sortOrder === undefined ? {} : { sortOrder }) })).slice(2);
  t.deepEqual(await sorted(USERS, "userName"), ["Four", "one", "three", "Two"]);
  t.deepEqual(await sorted(USERS, "USERNAME", "Descending"), ["Two", "three", "one", "Four"]);
  t.deepEqual(await sorted(USERS, "title"), ["Two", "three", "one", "Four"], "equal without case: as they came");
  t.deepEqual((await sorted(USERS, "title", "descending"))[0], "Four", "the missing come first");
  t.deepEqual(await sorted(USERS, "externalId", "ascending"), ["Two", "three", "one", "Four"], "A before B before b");
  t.deepEqual(await sorted(USERS, "name.familyName"), ["Two", "three", "one", "Four"]);
  t.deepEqual(await sorted(USERS, "emails"), ["Four", "Two", "one", "three"], "by the primary value, else the first");
  t.deepEqual(await sorted(USERS, "emails.value"), ["Four", "Two", "one", "three"]);
  t.deepEqual(await sorted(USERS, "active"), ["three", "one", "Two", "Four"]);
  t.deepEqual((await sorted(USERS, `${ENTERPRISE_URN}:department`))[0], "Four");
  t.deepEqual(await sorted(USERS, "meta.created", "descending"), ["Four", "three", "Two", "one"]);
  t.deepEqual(await sorted(GROUPS, "displayName"), ["Alpha", "beta", "gamma"]);
  t.deepEqual(await sorted(GROUPS, "displayName", "DESCENDING"), ["gamma", "beta", "Alpha"]);
  t.deepEqual(await sorted(GROUPS, "externalId"), ["Alpha", "gamma", "beta"]);
  t.deepEqual(await sorted(GROUPS, "externalId", "descending"), ["beta", "gamma", "Alpha"]);
  t.deepEqual((await page(t, app, USERS, { sortBy: "userName", startIndex: 2, count: 2 })).slice(2), ["one", "three"]);
  t.deepEqual((await page(t, app, USERS, { sortBy: "title", filter: "title pr", count: 1 })).slice(2), ["Two"]);
  for (const kind of KINDS) {
    await refused(t, app, [400, "invalidPath"], ["GET", `${kind.path}?sortBy=nothing`]);
    await refused(t, app, [400, "invalidValue"], ["GET", `${kind.path}?sortBy=${kind.named}&sortOrder=sideways`]);
  }
  t.deepEqual((await app.ask("GET", `${ROOT}/ServiceProviderConfig`)).body["sort"], { supported: true });
});

const PERSON: JsonObject = {
  title: "T",
  name: { givenName: "G", familyName: "F" },
  emails: [{ type: "work", value: "one@acme.example" }],
  [ENTERPRISE_URN]: { department: "Sales", costCenter: "C" },
  [CALENDLY_URN]: { group: "X" },
};

test("38 · Projection: attributes and excludedAttributes, in every operation that answers with a resource", async (t) => {
  const app = await openTestApp(t);
  let count = 0;
  /** The one resource under each operation with this query; all must be the same. */
  const shown = async (attributes: JsonObject): Promise<JsonObject> => {
    const query = Object.entries(attributes).map(([key, value]) => `${key}=${encodeURIComponent(textOf(value))}`);
    const suffix = `?${query.join("&")}`;
    const name = `p${++count}`;
    const json = USERS.body(name, PERSON);
    const post = await expectStatus(t, app, 201, ["POST", `${USERS.path}${suffix}`, { json }]);
    const path = `${USERS.path}/${textOf(post.body["id"])}`;
    const put = await expectStatus(t, app, 200, ["PUT", `${path}${suffix}`, { json }]);
    const patch = patchBody(op("replace", "title", "T"));
    const patching = await expectStatus(t, app, 200, ["PATCH", `${path}${suffix}`, { json: patch }]);
    const get = await expectStatus(t, app, 200, ["GET", `${path}${suffix}`]);
    const filter = `userName eq "${name}@acme.example"`;
    const list = await app.ask("GET", `${USERS.path}${suffix}&filter=${encodeURIComponent(filter)}`);
    const lists = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, textOf(value).split(",")]));
    const search = { schemas: [SEARCH_URN], filter, ...lists };
    const searched = await expectStatus(t, app, 200, ["POST", `${USERS.path}/.search`, { json: search }]);
    const everywhere = await expectStatus(t, app, 200, ["POST", `${ROOT}/.search`, { json: search }]);
    const bodies = [put.body, patching.body, get.body, ...[list, searched, everywhere].flatMap(resourcesOf)];
    t.is(bodies.length, 6);
    for (const body of bodies) t.deepEqual(body, post.body, suffix);
    return post.body;
  };
  const keys = (body: JsonObject): readonly string[] => Object.keys(body).sort();
  const always = ["id", "schemas"];
  t.deepEqual(keys(await shown({ attributes: "title" })), [...always, "title"]);
  t.deepEqual(keys(await shown({ attributes: "TITLE,nothing" })), [...always, "title"]);
  t.deepEqual((await shown({ attributes: "name.givenName" }))["name"], { givenName: "G" });
  t.deepEqual((await shown({ attributes: "emails.value" }))["emails"], [{ value: "one@acme.example" }]);
  t.deepEqual(keys(await shown({ attributes: `${USER_URN}:title` })), [...always, "title"]);
  const department = await shown({ attributes: `${ENTERPRISE_URN}:department` });
  t.deepEqual(department[ENTERPRISE_URN], { department: "Sales" });
  t.deepEqual(keys(department), [...always, ENTERPRISE_URN].sort());
  t.deepEqual((await shown({ attributes: ENTERPRISE_URN }))[ENTERPRISE_URN], PERSON[ENTERPRISE_URN]);
  const less = await shown({ excludedAttributes: `id,schemas,title,name.familyName,meta,${CALENDLY_URN}` });
  t.deepEqual(keys(less), ["active", "emails", "id", "name", "schemas", "userName", ENTERPRISE_URN].sort());
  t.deepEqual(less["name"], { givenName: "G" });
  t.deepEqual((await shown({ excludedAttributes: `${ENTERPRISE_URN}:costCenter` }))[ENTERPRISE_URN], {
    department: "Sales",
  });

  const member = await createId(t, app, USERS, "member");
  const group = GROUPS.body("Team", { members: [{ value: member }] });
  const made = await expectStatus(t, app, 201, ["POST", `${GROUPS.path}?excludedAttributes=members`, { json: group }]);
  t.false("members" in made.body);
  const path = `${GROUPS.path}/${textOf(made.body["id"])}`;
  const values = await expectStatus(t, app, 200, ["GET", `${path}?attributes=members.value`]);
  t.deepEqual(values.body, { schemas: [GROUPS.urn], id: made.body["id"], members: [{ value: member }] });
  for (const request of [path, `${GROUPS.path}`]) {
    const answer = await app.ask("GET", `${request}?excludedAttributes=members`);
    const [first] = request === path ? [answer.body] : resourcesOf(answer);
    t.is(first?.["displayName"], "Team");
    t.false("members" in (first ?? {}));
  }
  const put = await expectStatus(t, app, 200, ["PUT", `${path}?attributes=displayName`, { json: GROUPS.body("Crew") }]);
  t.deepEqual(put.body, { schemas: [GROUPS.urn], id: made.body["id"], displayName: "Crew" });
  t.is((resourcesOf(await app.ask("GET", GROUPS.path))[0]?.["members"] as readonly unknown[]).length, 1);
});

test("39 · returned never: the password is never shown, and cannot be asked for", async (t) => {
  const app = await openTestApp(t);
  const secret = "s3cret-Passw0rd";
  const made = await expectStatus(t, app, 201, ["POST", USERS.path, { json: USERS.body("ana", { password: secret }) }]);
  const path = `${USERS.path}/${textOf(made.body["id"])}`;
  const json = patchBody(op("replace", "password", secret), op("add", undefined, { password: secret }));
  const answers = [
    made,
    await expectStatus(t, app, 200, ["PATCH", path, { json }]),
    await expectStatus(t, app, 200, ["PUT", path, { json: USERS.body("ana", { password: secret }) }]),
    await app.ask("GET", path),
    await app.ask("GET", `${path}?attributes=password`),
    await app.ask("GET", `${path}?attributes=password,userName&excludedAttributes=x`),
    await app.ask("GET", `${USERS.path}?attributes=password`),
    await app.ask("POST", `${ROOT}/.search`, { json: { schemas: [SEARCH_URN], attributes: ["password"] } }),
  ];
  for (const { text, body } of answers) {
    t.false(text.includes(secret));
    t.false("password" in body || resources(body).some((resource) => "password" in resource));
  }
  t.is((await app.ask("GET", path)).headers["etag"], 'W/"1"', "a password changes nothing");
  for (const filter of [
    "password pr",
    `password eq "${secret}"`,
    `${USER_URN}:PASSWORD sw "s"`,
    'userName pr or password co "x"',
  ]) {
    await refused(t, app, [403, "sensitive"], ["GET", `${USERS.path}?filter=${encodeURIComponent(filter)}`]);
    for (const where of [`${USERS.path}/.search`, `${ROOT}/.search`]) {
      const search = { json: { schemas: [SEARCH_URN], filter } };
      await refused(t, app, [400, "invalidFilter"], ["POST", where, search]);
    }
  }
});

function resources(body: JsonObject): readonly JsonObject[] {
  return (body["Resources"] ?? []) as readonly JsonObject[];
}

test("40 · Search by POST: over one type and over both", async (t) => {
  const app = await five(t);
  const ask = async (path: string, parts: JsonObject): Promise<readonly unknown[]> => {
    const json = { schemas: [SEARCH_URN], ...parts };
    const answer = await expectStatus(t, app, 200, ["POST", path, { json }]);
    const shown = resourcesOf(answer).map(({ userName, displayName }) => userName ?? displayName);
    return [answer.body["totalResults"], ...shown];
  };
  t.deepEqual(await ask(`${USERS.path}/.search`, { filter: 'externalId eq "User-b"' }), [1, "b@acme.example"]);
  t.deepEqual(await ask(`${GROUPS.path}/.search`, { filter: 'displayName eq "B"' }), [1, "b"]);
  t.deepEqual(await ask(`${USERS.path}/.search`, { startIndex: 2, count: 1 }), [5, "b@acme.example"]);
  const both = `${ROOT}/.search`;
  t.deepEqual(await ask(both, { count: 1 }), [10, "a@acme.example"]);
  t.deepEqual(await ask(both, { startIndex: 5, count: 2 }), [10, "e@acme.example", "a"]);
  t.deepEqual(await ask(both, { filter: 'externalId ew "-c"' }), [2, "c@acme.example", "c"]);
  t.deepEqual(await ask(both, { filter: 'userName eq "c@acme.example"' }), [1, "c@acme.example"], "groups have none");
  t.deepEqual(await ask(both, { filter: 'displayName eq "c" or userName sw "d"' }), [2, "d@acme.example", "c"]);
  t.deepEqual(await ask(both, { filter: 'meta.resourceType eq "Group"', count: 1 }), [5, "a"]);
  const order = { sortBy: "externalId", sortOrder: "descending", count: 6 };
  const people = ["e", "d", "c", "b", "a"].map((name) => `${name}@acme.example`);
  t.deepEqual(await ask(both, order), [10, ...people, "e"]);
  const only = { schemas: [SEARCH_URN], attributes: ["externalId"], count: 1 };
  const first = resourcesOf(await app.ask("POST", both, { json: only }))[0] ?? {};
  t.deepEqual(Object.keys(first).sort(), ["externalId", "id", "schemas"]);
  for (const path of [both, `${USERS.path}/.search`, `${GROUPS.path}/.search`]) {
    await refused(t, app, [400, "invalidSyntax"], ["POST", path, { json: { ...only, schemas: [USER_URN] } }]);
    await refused(t, app, [400, "invalidSyntax"], ["POST", path, { body: "{" }]);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      const { status } = await app.ask(method, path, method === "GET" ? {} : { json: only });
      t.true(status === 404 || status === 405, `${method} ${path}`);
    }
  }
});

test("46 · Limits: what cannot be put in order is tooMany, a request line that names a secret is sensitive", async (t) => {
  const app = await five(t);
  const json = { schemas: [SEARCH_URN], sortBy: "externalId", startIndex: 100_000, count: 10 };
  await refused(t, app, [400, "tooMany"], ["POST", `${ROOT}/.search`, { json }]);
  await expectStatus(t, app, 200, ["POST", `${ROOT}/.search`, { json: { ...json, startIndex: 1 } }]);
  await capsWhatItSorts(t);
  for (const query of ["filter=password%20pr", "sortBy=password", `sortBy=${USER_URN}:password`])
    await refused(t, app, [403, "sensitive"], ["GET", `${USERS.path}?${query}`]);
});

/** The cap of the store is a parameter: here three, where five match and no column holds what they are sorted by. */
async function capsWhatItSorts(t: ExecutionContext): Promise<void> {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  await store.write(ACME, async (tx) => {
    for (const name of NAMES)
      await tx.putUser(aUser({ resource: { userName: `${name}@acme.example`, title: name } }), null);
  });
  const database = knex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true });
  t.teardown(() => database.destroy());
  const reader = createDirectoryReader(() => database, ACME, "fresh", 3);
  const list = (filter: string | null, sortBy: string) =>
    reader.people({
      filter: filter === null ? null : parseFilter(filter),
      unknownAttributes: "reject",
      sort: { path: parseSortBy(sortBy, USER_TYPE), descending: false },
      from: { offset: 0 },
      limit: 1,
      withMemberships: false,
    });
  await t.throwsAsync(list(null, "title"), { instanceOf: TooManyError });
  t.is((await list('title lt "d"', "title")).total, 3, "as many as the cap are sorted");
  t.is((await list(null, "userName")).total, 5, "what a column holds is sorted however many there are");
}

test("47 · Cursor paging: from an empty cursor to a page without nextCursor, and the errors of RFC 9865", async (t) => {
  const app = await five(t);
  const { body: config } = await app.ask("GET", `${ROOT}/ServiceProviderConfig`);
  t.deepEqual(config["pagination"], {
    cursor: true,
    index: true,
    defaultPaginationMethod: "index",
    defaultPageSize: 200,
    maxPageSize: 200,
    cursorTimeout: 3600,
  });
  for (const kind of KINDS) {
    t.false("nextCursor" in (await app.ask("GET", `${kind.path}?count=2`)).body, "index stays the default");
    for (const isSearch of [false, true]) {
      const ask = (query: JsonObject) => {
        const json = { schemas: [SEARCH_URN], ...query };
        if (isSearch) return app.ask("POST", `${kind.path}/.search`, { json });
        const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(textOf(value))}`);
        return app.ask("GET", `${kind.path}?${text.join("&")}`);
      };
      const walk = async (query: JsonObject): Promise<readonly (readonly string[])[]> => {
        const pages: (readonly string[])[] = [];
        let cursor: unknown = "";
        while (typeof cursor === "string" && pages.length < 10) {
          const answer = await ask({ ...query, cursor });
          t.is(answer.status, 200, answer.text);
          t.is(answer.body["totalResults"], 5);
          t.false("startIndex" in answer.body);
          if (cursor === "") t.false("previousCursor" in answer.body);
          t.is(answer.body["itemsPerPage"], resourcesOf(answer).length);
          pages.push(namesIn(kind, resourcesOf(answer)));
          cursor = answer.body["nextCursor"];
        }
        return pages;
      };
      t.deepEqual(await walk({ count: 2 }), [["a", "b"], ["c", "d"], ["e"]]);
      t.deepEqual(await walk({ count: 5 }), [NAMES], "the last page has no nextCursor");
      t.deepEqual(await walk({}), [NAMES]);
      const sorted = { count: 2, sortBy: kind.named, sortOrder: "descending" };
      t.deepEqual(await walk(sorted), [["e", "d"], ["c", "b"], ["a"]]);
      t.deepEqual(await walk({ count: 3, filter: `${kind.named} pr` }), [
        ["a", "b", "c"],
        ["d", "e"],
      ]);

      const cursor = textOf((await ask({ count: 2, cursor: "" })).body["nextCursor"]);
      const fails = async (scimType: string, query: JsonObject): Promise<void> => {
        const { status, body, text } = await ask(query);
        t.deepEqual([status, body["scimType"]], [400, scimType], text);
      };
      await fails("invalidCursor", { count: 2, cursor: "rubbish" });
      await fails("invalidCursor", { count: 2, cursor: cursor.slice(2) });
      await fails("invalidCursor", { count: 2, cursor, filter: `${kind.named} pr` });
      await fails("invalidCount", { count: 3, cursor });
      t.deepEqual(namesIn(kind, resourcesOf(await ask({ cursor }))), ["c", "d"], "the count need not be said again");
      app.clock.jump(3_601_000);
      await fails("expiredCursor", { count: 2, cursor });
    }
  }
  // Who is there all the while is given once, whatever comes and goes between two pages.
  const first = await app.ask("GET", `${USERS.path}?count=2&cursor=`);
  const [a] = resourcesOf(first);
  await expectStatus(t, app, 204, ["DELETE", `${USERS.path}/${textOf(a?.["id"])}`]);
  await create(t, app, USERS, "f");
  const cursor = encodeURIComponent(textOf(first.body["nextCursor"]));
  t.deepEqual(namesIn(USERS, resourcesOf(await app.ask("GET", `${USERS.path}?count=2&cursor=${cursor}`))), ["c", "d"]);
  t.deepEqual(await found(t, app, USERS, "userName pr"), ["b", "c", "d", "e", "f"]);
});
