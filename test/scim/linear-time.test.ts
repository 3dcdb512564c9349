import test from "ava";
import type { GroupMember } from "../../src/domain/directory.ts";
import { InvalidFilterError, InvalidValueError, PayloadTooLargeError, ScimError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { bulkReferences } from "../../src/scim/bulk-references.ts";
import { patchGroup } from "../../src/scim/group-patch.ts";
import { parseBulk } from "../../src/scim/parse-bulk.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { parseProjection } from "../../src/scim/projection.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { parseSearchRequest } from "../../src/scim/search-request.ts";
import { parseUser, patchUser } from "../../src/scim/user.ts";
import { USER_URN, aStagedUser } from "../support/scim-users.ts";

// Inputs that take the square of their size where somebody is careless: minutes, not the seconds that are allowed here.

const BULK_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const ACME = "urn:acme.example:people:2.0:User";
const many = <T>(length: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => make(index));
const keys = (length: number, prefix = "k"): JsonObject =>
  Object.fromEntries(many(length, (index) => [`${prefix}${index}`, index]));

const quick = test.macro({
  exec(t, run: () => unknown) {
    const started = process.hrtime.bigint();
    t.notThrows(run);
    t.true(process.hrtime.bigint() - started < 5_000_000_000n);
  },
  title: (what) => `in time that grows with the input: ${what ?? ""}`,
});

const patched = (before: JsonObject, ...operations: readonly JsonObject[]) =>
  patchUser(aStagedUser(before), parsePatch({ Operations: operations }));

test("five hundred attributes onto a thousand", quick, () =>
  patched({ [ACME]: keys(1000) }, { op: "add", value: { [ACME]: keys(500, "K") } }),
);
test("a thousand parts into a thousand", quick, () =>
  patched({ [ACME]: { x: keys(1000) } }, { op: "add", path: `${ACME}:x`, value: keys(1000, "n") }),
);
test("a thousand elements of one value, all of other types, are removed by as many", quick, () => {
  const emails = (type: string) => many(1000, (index) => ({ value: "a@x", type: `${type}${index}` }));
  return patched({ emails: emails("a") }, { op: "remove", path: "emails", value: emails("b") });
});
test("a thousand elements that all want to be primary", quick, () =>
  parseUser({
    schemas: [USER_URN],
    userName: "u",
    emails: many(1000, (index) => ({ value: `${index}`, primary: true })),
  }),
);
test("a hundred operations on fifty thousand members", quick, () => {
  const members = many(50_000, (index): GroupMember => ({ value: `u${index}`, refersTo: null }));
  const operations = many(100, (index) => ({ op: "remove", path: `members[value eq "u${index}"]` }));
  const content = { displayName: "G", resource: { displayName: "G" } };
  return patchGroup(content, members, parsePatch({ Operations: [...operations] }));
});
const numbers = many(400_000, () => 1);
for (const [what, parse] of [
  ["operations", () => parsePatch({ Operations: [{}, ...numbers] })],
  ["schemas of a PATCH", () => parsePatch({ schemas: numbers, Operations: [{}] })],
  ["operations of a bulk request", () => parseBulk({ schemas: [BULK_URN], Operations: numbers })],
  ["schemas of a bulk request", () => parseBulk({ schemas: numbers, Operations: [{}] })],
  ["attributes of a search", () => parseSearchRequest({ attributes: numbers })],
] as const) {
  test(`half a million ${what} that are none are refused without a list of all their faults`, (t) => {
    const error = t.throws(parse);
    t.true(error instanceof ScimError && error.message.length < 300);
  });
}
test("a bulk path of nothing but openings", quick, () => bulkReferences({ path: '\\"bulkId:'.repeat(120_000) }));

test("what would take the square of its length is refused", (t) => {
  const marks = "\u0301\u0323".repeat(30_000);
  const body = (parts: JsonObject): JsonValue => ({ schemas: [USER_URN], userName: "u", ...parts });
  const refused = (parts: JsonObject, message: RegExp) =>
    t.throws(() => parseUser(body(parts)), { instanceOf: InvalidValueError, message });
  refused({ title: marks }, /title holds more than thirty combining marks/);
  refused({ [ACME]: keys(1001) }, /people:2\.0:User holds more than 1000 attributes/);
  t.is(parseUser(body({ title: `e${"\u0301".repeat(30)}` })).resource["title"], `e${"\u0301".repeat(30)}`);
  t.throws(() => parseFilter(`title eq "${marks.slice(0, 31)}"`), {
    instanceOf: InvalidFilterError,
    message: /combining/,
  });
  t.throws(() => parseProjection({ attributes: "name,".repeat(201) }, USER_TYPE), { instanceOf: InvalidValueError });
  t.throws(() => patched({}, { op: "add", value: { [ACME]: keys(501) } }), {
    instanceOf: PayloadTooLargeError,
    message: /at most 500/,
  });
});

test("half of a character is refused in bodies, filters and paths", (t) => {
  t.throws(() => patched({}, { op: "add", path: "title", value: "a\udc00" }), {
    instanceOf: InvalidValueError,
    message: /half of a character/,
  });
  for (const filter of ['title eq "\ud800"', 'title eq "\\ud800"', "title eq a\ud800"]) {
    t.throws(() => parseFilter(filter), { instanceOf: InvalidFilterError, message: /half of a character/ }, filter);
  }
  t.notThrows(() => parseFilter('title eq "\\ud83d\\ude00"'));
});
