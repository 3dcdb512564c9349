import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { printFilter } from "../../src/scim/print-filter.ts";
import { filterNode, filterSoup, hostileName, scimJson } from "../support/scim-arbitraries.ts";
import { CALENDLY_ALIAS, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";

export const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ACME = "urn:acme.example:people:2.0:User";

function nested(open: string, inner: string, close: string, depth: number): string {
  return `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
}

/** Texts that make a careless parser recurse, backtrack or copy without end. */
const longText = fc.constantFrom(
  nested("(", "userName pr", ")", 1000),
  nested("not (", "title pr", ")", 800),
  nested("emails[", "value pr", "]", 500),
  Array.from({ length: 400 }, () => "title pr").join(" or "),
  Array.from({ length: 50 }, () => 'title co "aaaa"').join(" or "),
  `userName eq "${"\\".repeat(4000)}"`,
  `userName eq "${'\\"'.repeat(2000)}`,
  `userName eq "${"\u0301\u0323".repeat(2000)}"`,
  `userName eq ${"9".repeat(4000)}`,
  `title eq ${"1".repeat(300)}e${"9".repeat(300)}`,
  "a.".repeat(2000),
  "urn:".repeat(1000),
  `urn:${"x:".repeat(1900)}name pr`,
  `${" ".repeat(4000)}title pr`,
  "x".repeat(70_000),
  '"'.repeat(4096),
  "[".repeat(5000),
);

/** A filter, nearly one, or nothing like it. */
export const filterText: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: filterNode.map(printFilter) },
  { weight: 20, arbitrary: filterSoup },
  {
    weight: 10,
    arbitrary: fc
      .tuple(filterNode.map(printFilter), fc.nat(), fc.string({ unit: "binary", maxLength: 3 }))
      .map(([text, at, noise]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + noise + text.slice(place + 1);
      }),
  },
  { weight: 5, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: longText },
);

/** A PATCH path, a sortBy or a name of attributes, or nearly one. */
export const pathText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      "emails",
      "name.givenName",
      "members",
      "Members",
      "manager",
      "active",
      "displayName",
      "meta",
      "id",
      "schemas",
      "password",
      "groups.value",
    ),
  },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      USER_URN,
      GROUP_URN,
      ENTERPRISE_URN,
      `${ENTERPRISE_URN}:manager.value`,
      `${CALENDLY_ALIAS}:group`,
      `${ACME}:x.y`,
      `${GROUP_URN}:members`,
      ACME,
    ),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.constantFrom("emails", "members", "roles", "addresses", `${ACME}:x`, "userName"),
        filterText,
        fc.constantFrom("", ".value", ".display", ".type", ".$ref", ".x", ".__proto__"),
      )
      .map(([name, filter, rest]) => `${name}[${filter}]${rest}`),
  },
  { weight: 10, arbitrary: hostileName },
  { weight: 5, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: longText },
);

const bigJson = fc.constantFrom<JsonValue>(
  JSON.parse(nested('{"a":', "1", "}", 60)) as JsonValue,
  JSON.parse(nested("[", "1", "]", 60)) as JsonValue,
  Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`k${index}`, index])),
  Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`urn:x:${index}:2.0:User:a`, index])),
  { [ACME]: { x: Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`k${index}`, index])) } },
  { emails: Array.from({ length: 1000 }, (_, index) => ({ value: "same", type: `t${index}`, primary: true })) },
  { members: Array.from({ length: 1000 }, (_, index) => ({ value: `u${index % 700}`, $ref: null })) },
  Array.from({ length: 1000 }, (_, index) => `u${index}`),
  Array.from({ length: 1000 }, () => [[[[]]]]),
  "\u0301\u0323".repeat(16_000),
  "x".repeat(70_000),
  "\ud800",
);

/** Any JSON: of attribute names, of hostile names, of great size. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 60, arbitrary: scimJson },
  { weight: 1, arbitrary: bigJson },
);

const memberList: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.array(
    fc.oneof(
      fc.constantFrom<JsonValue>("a", "b", null, "", 5, {}, [], ["a"], { value: "bulkId:x" }),
      fc.record(
        {
          value: fc.oneof(fc.constantFrom<JsonValue>("a", "b", "c", null), scimJson),
          display: scimJson,
          type: scimJson,
        },
        { requiredKeys: [] },
      ),
    ),
    { maxLength: 5 },
  ),
  anyJson,
);

const patchValue = fc.oneof(
  anyJson,
  memberList,
  fc.record({ members: memberList, displayName: anyJson, id: anyJson }, { requiredKeys: [] }),
);

/** The body of a PATCH, or nearly one. */
export const patchBody: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      Operations: fc.array(
        fc.record(
          {
            op: fc.oneof(
              { weight: 20, arbitrary: fc.constantFrom("add", "Add", "replace", "REPLACE", "remove") },
              { weight: 1, arbitrary: anyJson },
            ),
            path: fc.oneof({ weight: 20, arbitrary: pathText }, { weight: 1, arbitrary: anyJson }),
            value: patchValue,
          },
          { requiredKeys: ["op"] },
        ),
        { maxLength: 5 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ Operations: anyJson, schemas: anyJson }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: anyJson },
);

function withKeys(urn: string, known: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonValue> {
  const body = fc.record(
    {
      schemas: fc.oneof({ weight: 20, arbitrary: fc.constant<JsonValue>([urn]) }, { weight: 1, arbitrary: anyJson }),
      ...known,
    },
    { requiredKeys: ["schemas"] },
  );
  return fc.oneof(
    {
      weight: 20,
      arbitrary: fc
        .tuple(body, scimJson)
        .map(([one, other]): JsonObject => ({ ...(isObject(other) ? other : {}), ...one })),
    },
    { weight: 1, arbitrary: anyJson },
  );
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const nameText = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom<JsonValue>("ana@acme.example", "Sales") },
  { weight: 1, arbitrary: anyJson },
);

/** The body of a POST or PUT of a user, or nearly one. */
export const userBody = withKeys(USER_URN, {
  userName: nameText,
  emails: anyJson,
  manager: anyJson,
  active: anyJson,
  [ENTERPRISE_URN]: anyJson,
  [ACME]: anyJson,
  [USER_URN]: anyJson,
});

/** The body of a POST or PUT of a group, or nearly one. */
export const groupBody = withKeys(GROUP_URN, {
  displayName: nameText,
  members: memberList,
  [GROUP_URN]: anyJson,
  externalId: anyJson,
});

const reference = fc.constantFrom("bulkId:a", "bulkId:b", "bulkId:gone", "bulkId:");
const bulkOperation = fc.record(
  {
    method: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom("POST", "post", "PUT", "PATCH", "DELETE") },
      { weight: 1, arbitrary: anyJson },
    ),
    path: fc.oneof(
      {
        weight: 30,
        arbitrary: fc.constantFrom("/Users", "/Groups", "/Users/1", "/Groups/bulkId:a", "/Users/bulkId%3Ab"),
      },
      { weight: 1, arbitrary: anyJson },
    ),
    bulkId: fc.oneof(
      { weight: 10, arbitrary: fc.uuid() },
      { weight: 2, arbitrary: fc.constantFrom("a", "b") },
      { weight: 1, arbitrary: anyJson },
    ),
    data: fc.oneof(
      userBody,
      groupBody,
      patchBody,
      fc.record({
        members: fc.array(reference),
        manager: reference,
        path: fc.oneof(
          filterText,
          reference.map((text) => `members[value eq "${text}"]`),
        ),
      }),
    ),
  },
  { requiredKeys: ["method", "path"] },
);

/** The body of a bulk request, or nearly one. */
export const bulkBody: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      schemas: fc.constant(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]),
      Operations: fc.array(bulkOperation, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ schemas: anyJson, Operations: anyJson, failOnErrors: anyJson }, { requiredKeys: [] }),
  },
  { weight: 1, arbitrary: anyJson },
);

/** The body of a `.search`, or nearly one. */
export const searchBody: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record(
      {
        filter: filterText,
        sortBy: pathText,
        attributes: fc.array(pathText, { maxLength: 3 }),
        excludedAttributes: fc.array(pathText, { maxLength: 3 }),
        sortOrder: fc.constantFrom("ascending", "Descending", "up"),
        startIndex: anyJson,
        count: anyJson,
        cursor: fc.string(),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: anyJson },
);
