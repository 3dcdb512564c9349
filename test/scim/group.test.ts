import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroup, DirectoryGroupId, DirectoryId, GroupMember } from "../../src/domain/directory.ts";
import type { ScimError } from "../../src/domain/errors.ts";
import { InvalidValueError, ScimSyntaxError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { groupToWire, newGroup, parseGroup, replaceGroup } from "../../src/scim/group.ts";

const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ACME = "urn:acme.example:teams:2.0:Group";
const BASE_URL = "https://bridge.example/scim/v2";

const body = (parts: JsonObject = {}): JsonObject => ({ schemas: [GROUP_URN], displayName: "Sales", ...parts });

function stored(parts: JsonObject = {}): DirectoryGroup {
  const created = "2026-01-01T00:00:00.000Z" as Instant;
  return {
    id: "g-1" as DirectoryGroupId,
    directory: "acme" as DirectoryId,
    displayName: "Sales",
    resource: { displayName: "Sales", ...parts },
    meta: { created, lastModified: created, version: 2 },
  };
}

test("Entra: the documented POST is read, its foreign URN ignored", (t) => {
  const draft = parseGroup({
    schemas: [GROUP_URN, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
    externalId: "8aa1a0c0",
    displayName: "displayName",
    meta: { resourceType: "Group" },
  });
  const content = {
    externalId: "8aa1a0c0",
    displayName: "displayName",
    resource: { externalId: "8aa1a0c0", displayName: "displayName" },
  };
  t.deepEqual(draft, { ...content, members: undefined });
  t.deepEqual(newGroup(draft), content);
});

test("OneLogin: the old schema URN names a group, too", (t) => {
  t.is(parseGroup({ schemas: ["urn:scim:schemas:core:2.0"], displayName: "G" }).displayName, "G");
});

const members = test.macro({
  exec(t, given: JsonObject, expected: readonly JsonObject[] | undefined) {
    const draft = parseGroup(body(given));
    t.deepEqual(draft.members, expected as typeof draft.members);
    t.false(Object.hasOwn(draft.resource, "members"));
  },
  title: (what) => `members of a body: ${what ?? ""}`,
});
test("not said", members, {}, undefined);
test("Okta: none", members, { members: [] }, []);
test("null", members, { members: null }, []);
test("decision 5: bare ids", members, { members: ["a", "b"] }, [{ value: "a" }, { value: "b" }]);
test("one bare id", members, { members: "a" }, [{ value: "a" }]);
test("one object", members, { members: { value: "a" } }, [{ value: "a" }]);
test("another letter case", members, { MEMBERS: [{ VALUE: "a", Type: "User" }] }, [{ value: "a", type: "User" }]);
test("under the core URN", members, { [GROUP_URN]: { members: ["a"] } }, [{ value: "a" }]);
test("by the whole name", members, { [`${GROUP_URN}:members`]: ["a"] }, [{ value: "a" }]);
test("repeated: the first counts", members, { members: [{ value: "a", display: "A" }, "b", "a"] }, [
  { value: "a", display: "A" },
  { value: "b" },
]);
test("values differ by case", members, { members: ["a", "A"] }, [{ value: "a" }, { value: "A" }]);
test("$ref and what nobody knows are dropped", members, { members: [{ value: "a", $ref: "https://evil/", x: 1 }] }, [
  { value: "a" },
]);
test("Okta wizard: display is null", members, { members: [{ value: "a", display: null }] }, [{ value: "a" }]);

const refused = test.macro({
  exec(t, given: JsonValue, error: new (...args: never[]) => ScimError, message: RegExp) {
    t.throws(() => parseGroup(given), { instanceOf: error, message });
  },
  title: (what) => `refused: ${what ?? ""}`,
});
test("no object", refused, "x", ScimSyntaxError, /JSON object/);
test("no list of schemas", refused, { schemas: GROUP_URN, displayName: "G" }, ScimSyntaxError, /core:2\.0:Group/);
test("schemas may be left out", (t) => t.like(parseGroup({ displayName: "G" }), { displayName: "G" }));
test(
  "the schema of users",
  refused,
  body({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"] }),
  ScimSyntaxError,
  /Group/,
);
test("no name", refused, { schemas: [GROUP_URN] }, InvalidValueError, /displayName is required/);
test("a blank name", refused, body({ displayName: " " }), InvalidValueError, /displayName is required/);
test("a name of null", refused, body({ displayName: null }), InvalidValueError, /displayName is required/);
test("a name too long", refused, body({ displayName: "x".repeat(513) }), InvalidValueError, /displayName is longer/);
test(
  "an externalId too long",
  refused,
  body({ externalId: "x".repeat(513) }),
  InvalidValueError,
  /externalId is longer/,
);
for (const value of [null, "", " ", {}, [], undefined]) {
  const member = value === undefined ? { display: "x" } : { value };
  test(
    `a member whose value is ${JSON.stringify(value)}`,
    refused,
    body({ members: ["a", member] }),
    InvalidValueError,
    /members\[1\]/,
  );
}
test("a member that is null", refused, body({ members: [null] }), InvalidValueError, /members\[0\] has no value/);
test("a member that is nothing", refused, body({ members: [{}] }), InvalidValueError, /members\[0\] has no value/);
test(
  "a member that is a number",
  refused,
  body({ members: [5] }),
  InvalidValueError,
  /members\[0\].value must be a string/,
);
test(
  "a member too long",
  refused,
  body({ members: ["x".repeat(513)] }),
  InvalidValueError,
  /members\[0\].value is longer/,
);
test(
  "half of a character",
  refused,
  body({ displayName: "\ud800" }),
  InvalidValueError,
  /displayName holds half of a char/,
);

test("case 58: a PUT that says nothing about members keeps them, an empty list or null empties the group", (t) => {
  const put = (parts: JsonObject) => replaceGroup(stored({ [ACME]: { a: 1 } }), parseGroup(body(parts)));
  t.deepEqual(put({}), { content: { displayName: "Sales", resource: { displayName: "Sales" } }, members: null });
  const emptied = { base: "none", put: [], drop: [], keepsTypes: true } as const;
  t.deepEqual(put({ members: [] }).members, emptied);
  t.deepEqual(put({ members: null }).members, emptied);
  t.deepEqual(put({ members: ["a"] }).members, { ...emptied, put: [{ value: "a" }] });
});

test("rows 6 and 7: a group as clients see it", (t) => {
  const refersTo = { type: "User", id: "u-1" } as const;
  const listed: readonly GroupMember[] = [
    { value: "u-1", display: "Ana", refersTo },
    { value: "ext-1", type: "user", refersTo },
    { value: "g-2", refersTo: { type: "Group", id: "g-2" } },
    { value: "later", type: "Robot", refersTo: null },
  ];
  t.deepEqual(
    groupToWire({ group: stored({ externalId: "x", [ACME]: { a: 1 } }), members: listed }, { baseUrl: BASE_URL }),
    {
      schemas: [GROUP_URN, ACME],
      id: "g-1",
      displayName: "Sales",
      externalId: "x",
      [ACME]: { a: 1 },
      members: [
        { value: "u-1", $ref: `${BASE_URL}/Users/u-1`, type: "User", display: "Ana" },
        { value: "ext-1", $ref: `${BASE_URL}/Users/u-1`, type: "User" },
        { value: "g-2", $ref: `${BASE_URL}/Groups/g-2`, type: "Group" },
        { value: "later", type: "Robot" },
      ],
      meta: {
        resourceType: "Group",
        created: "2026-01-01T00:00:00.000Z",
        lastModified: "2026-01-01T00:00:00.000Z",
        location: `${BASE_URL}/Groups/g-1`,
        version: 'W/"2"',
      },
    },
  );
});

test("row 24: a group of nobody has no members", (t) => {
  t.false("members" in groupToWire({ group: stored(), members: [] }, { baseUrl: BASE_URL }));
  t.false("members" in groupToWire({ group: stored(), members: null }, { baseUrl: BASE_URL }));
});

test("fifty thousand members are read and shown in time that grows with their number", (t) => {
  const many = Array.from({ length: 50_000 }, (_, index) => ({ value: `u-${index}`, $ref: null, type: "User" }));
  const started = process.hrtime.bigint();
  const draft = parseGroup(body({ members: many }));
  const shown = (draft.members ?? []).map((member) => ({
    ...member,
    refersTo: { type: "User", id: member.value } as const,
  }));
  const wire = groupToWire({ group: stored(), members: shown }, { baseUrl: BASE_URL });
  t.is((wire["members"] as readonly JsonValue[]).length, 50_000);
  // Squared, this would take minutes; the bound leaves room for a slow machine.
  t.true(process.hrtime.bigint() - started < 5_000_000_000n);
});
