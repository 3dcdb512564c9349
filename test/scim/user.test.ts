import test from "ava";
import fc from "fast-check";
import type { DirectoryGroupId } from "../../src/domain/directory.ts";
import { InvalidValueError, ScimError, ScimSyntaxError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { sameResource } from "../../src/scim/same-resource.ts";
import { newUser, parseUser, patchUser, replaceUser, userToWire } from "../../src/scim/user.ts";
import { scimJson } from "../support/scim-arbitraries.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, USER_URN, aStagedUser } from "../support/scim-users.ts";

const BASE_URL = "https://bridge.example/scim/v2";
const ACME = "urn:acme.example:people:2.0:User";

function parsed(parts: JsonObject): JsonObject {
  return parseUser({ schemas: [USER_URN], userName: "a@x.com", ...parts }).resource;
}

test("Entra: the documented POST is read, a null and an empty list are unassigned", (t) => {
  const draft = parseUser({
    schemas: [USER_URN, ENTERPRISE_URN],
    externalId: "0a21f0f2",
    userName: "u@x.com",
    active: true,
    emails: [{ primary: true, type: "work", value: "u@x.com" }],
    meta: { resourceType: "User" },
    name: { formatted: "g f", familyName: "f", givenName: "g" },
    roles: [],
    addresses: null,
    phoneNumbers: null,
    title: null,
    department: null,
    manager: null,
  });
  t.deepEqual(draft, {
    externalId: "0a21f0f2",
    userName: "u@x.com",
    active: true,
    resource: {
      externalId: "0a21f0f2",
      userName: "u@x.com",
      active: true,
      emails: [{ primary: true, type: "work", value: "u@x.com" }],
      name: { formatted: "g f", familyName: "f", givenName: "g" },
    },
  });
});

test("Entra: extension attributes without their URN in schemas, under the misspelt URN, or without any", (t) => {
  const sales = { [ENTERPRISE_URN]: { department: "Sales" } };
  t.like(parsed({ [ENTERPRISE_URN]: { department: "Sales" } }), sales);
  t.like(parsed({ "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": { department: "Sales" } }), sales);
  t.like(parsed({ department: "Sales" }), sales);
  t.like(parsed({ [`${ENTERPRISE_URN}:department`]: "Sales" }), sales);
});

test("Okta: the documented POST is read, its password dropped", (t) => {
  const { resource, externalId } = parseUser({
    schemas: [USER_URN],
    userName: "test.user@okta.local",
    name: { givenName: "Test", familyName: "User", middleName: "" },
    emails: [{ primary: true, value: "test.user@okta.local", type: "work" }],
    displayName: "Test User",
    locale: "en-US",
    externalId: "00ujl29u0le5T6Aj10h7",
    groups: [{ value: "g" }],
    password: "1mz050nq",
    active: true,
  });
  t.is(externalId, "00ujl29u0le5T6Aj10h7");
  t.deepEqual(Object.keys(resource).toSorted(), [
    "active",
    "displayName",
    "emails",
    "externalId",
    "locale",
    "name",
    "userName",
  ]);
  t.deepEqual(resource["name"], { givenName: "Test", familyName: "User" });
});

test("OneLogin: the old schema URNs and one e-mail as an object", (t) => {
  const { resource } = parseUser({
    schemas: ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"],
    userName: "a@x.com",
    emails: { value: "a@x.com" },
    "urn:scim:schemas:extension:enterprise:2.0": { department: "Sales" },
  });
  t.deepEqual(resource["emails"], [{ value: "a@x.com" }]);
  t.deepEqual(resource[ENTERPRISE_URN], { department: "Sales" });
});

test("JumpCloud: the documented PUT is read", (t) => {
  const draft = parseUser({
    active: true,
    emails: null,
    id: "5107a4e4",
    name: { familyName: "lastname", givenName: "firstname" },
    phoneNumbers: [{ value: "tel:+1-555-555-5555" }],
    schemas: [USER_URN],
    userName: "testuser@example.io",
  });
  t.deepEqual(draft.resource, {
    active: true,
    name: { familyName: "lastname", givenName: "firstname" },
    phoneNumbers: [{ value: "tel:+1-555-555-5555" }],
    userName: "testuser@example.io",
  });
});

test("Calendly: either URN is stored under the first, and the alias wins over its echo", (t) => {
  t.deepEqual(parsed({ [CALENDLY_ALIAS]: { group: "Sales" } })[CALENDLY_URN], { group: "Sales" });
  t.deepEqual(parsed({ [CALENDLY_URN.toUpperCase()]: { GROUP: "Sales" } })[CALENDLY_URN], { group: "Sales" });
  const both = { [CALENDLY_ALIAS]: { group: "New" }, [CALENDLY_URN]: { group: "Old", extra: 1 } };
  t.deepEqual(parsed(both)[CALENDLY_URN], { group: "New", extra: 1 });
  t.is(parsed({ [CALENDLY_ALIAS]: { group: null } })[CALENDLY_URN], undefined);
});

test("rule 5: what no schema has is left out, an unknown extension is kept whole", (t) => {
  const resource = parsed({
    favouriteColour: "red",
    name: { givenName: "A", nickname: "x" },
    "urn:ietf:params:scim:api:x": "text",
    [ACME]: { floor: 3, deep: { list: [1, null, { x: true }] } },
    [ACME.toUpperCase()]: { tags: ["a"] },
    [ENTERPRISE_URN]: "not an object",
  });
  t.deepEqual(resource, {
    userName: "a@x.com",
    name: { givenName: "A" },
    "urn:ietf:params:scim:api": { x: "text" },
    [ACME]: { floor: 3, deep: { list: [1, null, { x: true }] }, tags: ["a"] },
  });
});

test("row 49: core attributes under the core URN are read, those at the top level win", (t) => {
  const resource = parsed({ [USER_URN]: { title: "T", userName: "other@x.com", groups: [{ value: "g" }] } });
  t.deepEqual(resource, { title: "T", userName: "a@x.com" });
});

test("names are read in any letter case and stored in the canonical one", (t) => {
  t.deepEqual(parsed({ DISPLAYNAME: "D", EMAILS: [{ VALUE: "v", Type: "work" }] }), {
    userName: "a@x.com",
    displayName: "D",
    emails: [{ value: "v", type: "work" }],
  });
  t.is(parseUser({ Schemas: [USER_URN.toLowerCase()], USERNAME: "a@x.com" }).userName, "a@x.com");
});

test("rule 2: booleans may be strings", (t) => {
  const resource = parsed({ active: "False", roles: [{ value: "r", primary: "True" }] });
  t.deepEqual(resource, { userName: "a@x.com", active: false, roles: [{ value: "r", primary: true }] });
});

test("row 22: of several primary elements the first stays so", (t) => {
  const emails = [{ value: "a" }, { value: "b", primary: true }, { value: "c", primary: true }, null, {}];
  t.deepEqual(parsed({ emails })["emails"], [
    { value: "a" },
    { value: "b", primary: true },
    { value: "c", primary: false },
  ]);
});

const refused = test.macro((t, body: JsonValue, error: new (...args: never[]) => ScimError, message: RegExp) => {
  t.throws(() => parseUser(body), { instanceOf: error, message });
});
const user = (parts: JsonObject): JsonObject => ({ schemas: [USER_URN], userName: "a@x.com", ...parts });

test("a body that is no object", refused, ["x"], ScimSyntaxError, /JSON object/);
for (const [title, parts] of [
  ["left out", {}],
  ["null", { schemas: null }],
  ["empty", { schemas: [] }],
] as const satisfies readonly (readonly [string, JsonObject])[]) {
  test(`schemas ${title}: the endpoint says what is meant`, (t) => {
    t.is(parseUser({ userName: "a@x.com", ...parts }).userName, "a@x.com");
  });
}
test("row 7: schemas is no array", refused, user({ schemas: USER_URN }), ScimSyntaxError, /schemas must be/);
test(
  "row 7: schemas names another type",
  refused,
  user({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group", 1] }),
  ScimSyntaxError,
  /schemas must be/,
);
test("row 10: userName is missing", refused, { schemas: [USER_URN] }, InvalidValueError, /userName is required/);
test("row 10: userName is null", refused, user({ userName: null }), InvalidValueError, /userName is required/);
test("row 10: userName is blank", refused, user({ userName: "  " }), InvalidValueError, /userName is required/);
test("userName is a number", refused, user({ userName: 5 }), InvalidValueError, /userName must be a string/);
for (const active of [0, 1, "no", "", null, {}, []]) {
  test(
    `case 57: active is ${JSON.stringify(active)}`,
    refused,
    user({ active }),
    InvalidValueError,
    /active must be true or false/,
  );
}
test(
  "case 57: active is null under the core URN",
  refused,
  user({ [USER_URN]: { active: null } }),
  InvalidValueError,
  /active/,
);
test(
  "an element of the wrong type is named by its place",
  refused,
  user({ emails: [{ value: "a" }, { value: 5 }] }),
  InvalidValueError,
  /emails\[1\]\.value must be a string/,
);
test(
  "an attribute of an extension is named by its URN",
  refused,
  user({ [ENTERPRISE_URN]: { manager: { value: 5 } } }),
  InvalidValueError,
  /enterprise:2\.0:User:manager\.value must be a string/,
);
test(
  "an externalId has a limit",
  refused,
  user({ externalId: "x".repeat(513) }),
  InvalidValueError,
  /externalId is longer/,
);
test(
  "NUL is refused everywhere",
  refused,
  user({ [ACME]: { list: [{ x: "a\0" }] } }),
  InvalidValueError,
  /list\[0\]\.x holds a NUL/,
);
test("NUL is refused in names", refused, user({ "a\0": 1 }), InvalidValueError, /The body holds a NUL/);
test(
  "long texts are refused",
  refused,
  user({ title: "x".repeat(65_537) }),
  InvalidValueError,
  /title holds a string longer/,
);

test("nesting has a limit, however deep the body is", (t) => {
  const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`) as JsonObject;
  t.throws(() => parseUser(user({ [ACME]: deep })), { instanceOf: InvalidValueError, message: /deeper than 32/ });
});

test("a new user is active unless the IdP says otherwise", (t) => {
  t.like(newUser(parseUser(user({}))), { active: true, resource: { active: true, userName: "a@x.com" } });
  t.like(newUser(parseUser(user({ active: false }))), { active: false, resource: { active: false } });
});

test("row 11: PUT clears what it leaves out, and case 58: but keeps active", (t) => {
  const stored = aStagedUser({ active: false, externalId: "e", title: "T" });
  const replaced = replaceUser(stored, parseUser(user({ id: "other", displayName: "D" })));
  t.deepEqual(replaced, {
    userName: "a@x.com",
    active: false,
    resource: { userName: "a@x.com", displayName: "D", active: false },
  });
  t.true(replaceUser(stored, parseUser(user({ active: true }))).active);
});

test("PATCH keeps the properties and the resource in agreement", (t) => {
  const operations = parsePatch({
    Operations: [{ op: "replace", value: { active: "False", externalId: "e2", userName: "b@x.com" } }],
  });
  t.deepEqual(patchUser(aStagedUser({ externalId: "e1" }), operations), {
    externalId: "e2",
    userName: "b@x.com",
    active: false,
    resource: { userName: "b@x.com", active: false, externalId: "e2" },
  });
});

for (const operation of [
  { op: "remove", path: "active" },
  { op: "replace", path: "active", value: null },
  { op: "replace", value: { active: null } },
]) {
  test(`case 57: ${JSON.stringify(operation)} is refused`, (t) => {
    const operations = parsePatch({ Operations: [operation] });
    t.throws(() => patchUser(aStagedUser(), operations), { instanceOf: InvalidValueError, message: /active/ });
  });
}

test("rows 6 and 7: the representation names what is present, and where it is", (t) => {
  const staged = aStagedUser({ externalId: "e", name: { givenName: "A" }, [ENTERPRISE_URN]: { department: "Sales" } });
  const groups = [{ id: "g-1" as DirectoryGroupId, displayName: "Sales" }];
  t.deepEqual(userToWire(staged, { baseUrl: BASE_URL, groups }), {
    schemas: [USER_URN, ENTERPRISE_URN],
    id: "u-1",
    externalId: "e",
    userName: "ana@acme.example",
    active: true,
    name: { givenName: "A" },
    [ENTERPRISE_URN]: { department: "Sales" },
    groups: [{ value: "g-1", $ref: `${BASE_URL}/Groups/g-1`, display: "Sales", type: "direct" }],
    meta: {
      resourceType: "User",
      created: "2026-01-01T00:00:00.000Z",
      lastModified: "2026-11-21T10:00:00.000Z",
      location: `${BASE_URL}/Users/u-1`,
      version: 'W/"3"',
    },
  });
  t.false("groups" in userToWire(staged, { baseUrl: BASE_URL, groups: [] }));
});

test("Okta: a PUT of what GET answered changes nothing", (t) => {
  const staged = aStagedUser({
    externalId: "e",
    emails: [{ value: "a", type: "work", primary: true }],
    [ENTERPRISE_URN]: { manager: { value: "m" } },
    [ACME]: { floor: 3 },
  });
  const body = JSON.parse(JSON.stringify(userToWire(staged, { baseUrl: BASE_URL, groups: [] }))) as JsonObject;
  t.true(sameResource(replaceUser(staged, parseUser(body)).resource, staged.resource));
});

test("a representation reads back as itself, whatever was sent", (t) => {
  fc.assert(
    fc.property(scimJson, (json) => {
      const body = user(typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : {});
      let draft;
      try {
        draft = parseUser(body);
      } catch (error) {
        t.true(error instanceof ScimError, String(error));
        return;
      }
      const again = parseUser({ ...draft.resource, schemas: [USER_URN] });
      t.true(sameResource(again.resource, draft.resource), JSON.stringify(body));
      t.false(["id", "meta", "schemas", "groups", "password"].some((name) => Object.hasOwn(draft.resource, name)));
    }),
    { numRuns: 1000 },
  );
  t.false("polluted" in {});
});

test("resources are the same whatever the order of their keys, and not otherwise", (t) => {
  t.true(sameResource({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }));
  t.true(sameResource({ a: 1, b: undefined }, { a: 1 }));
  t.false(sameResource({ a: [1, 2] }, { a: [2, 1] }));
  t.false(sameResource({ a: [1] }, { a: [1, 1] }));
  t.false(sameResource({ a: 1 }, { a: "1" }));
  t.false(sameResource({ a: 1 }, { b: 1 }));
  t.false(sameResource({ a: null }, {}));
  t.false(sameResource([], {}));
});
