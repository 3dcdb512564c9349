import test from "ava";
import { InvalidPathError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { GROUP_TYPE, USER_TYPE } from "../../src/scim/resource-types.ts";
import { compareSortKeys, compileSortKey, parseSortBy } from "../../src/scim/sort-key.ts";
import type { SortKey } from "../../src/scim/sort-key.ts";
import { ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";

const ACME = "urn:acme.example:people:2.0:User";

const user: JsonObject = {
  id: "Id",
  userName: "Ana@Acme.example",
  externalId: "Ext",
  active: false,
  name: { givenName: "Ana" },
  emails: [{ value: "A@x" }, { value: "B@x", type: "Work", primary: true }],
  phoneNumbers: [{ type: "work", value: "1" }, { value: "2" }],
  title: "",
  roles: [{ display: "Boss" }],
  meta: { lastModified: "2026-11-21T10:00:00+01:00", version: 'W/"1"' },
  [ENTERPRISE_URN]: { department: "Sales", manager: { value: "M1" } },
  [ACME]: { size: 7, ok: true, tags: ["B", "a"], lead: { value: "L" }, deep: { x: 1 } },
};

const sorts = test.macro({
  exec(t, sortBy: string, key: SortKey) {
    t.is(compileSortKey(parseSortBy(sortBy, USER_TYPE), USER_TYPE)(user), key);
  },
  title: (_, sortBy: string) => `row 37: the key of ${sortBy}`,
});

test(sorts, "userName", "ana@acme.example");
test(sorts, "USERNAME", "ana@acme.example");
test(sorts, `${USER_URN}:userName`, "ana@acme.example");
test(sorts, "externalId", "Ext");
test(sorts, "id", "Id");
test(sorts, "active", 0);
test(sorts, "name.givenName", "ana");
test(sorts, "name.familyName", null);
test(sorts, "emails", "b@x");
test(sorts, "emails.value", "b@x");
test(sorts, "emails.type", "work");
test(sorts, "emails.display", null);
test(sorts, "emails.primary", 1);
test(sorts, "phoneNumbers", "1");
test(sorts, "roles", null);
test(sorts, "roles.display", "boss");
test(sorts, "title", null);
test(sorts, "nickName", null);
test(sorts, "meta.lastModified", Date.UTC(2026, 10, 21, 9));
test(sorts, "department", "sales");
test(sorts, `${ENTERPRISE_URN}:manager`, "M1");
test(sorts, "manager.value", "M1");
test(sorts, `${ACME}:size`, 7);
test(sorts, `${ACME}:ok`, 1);
test(sorts, `${ACME}:tags`, "b");
test(sorts, `${ACME}:lead`, "l");
test(sorts, `${ACME}:deep`, null);
test(sorts, `${ACME}:deep.x`, 1);

test("a group is put in order by its name, its first member, and what nobody knows is nothing", (t) => {
  const group = { displayName: "B", members: [{ value: "Z" }, { value: "A" }] };
  t.is(compileSortKey(parseSortBy("displayName", GROUP_TYPE), GROUP_TYPE)(group), "b");
  t.is(compileSortKey(parseSortBy("members.value", GROUP_TYPE), GROUP_TYPE)(group), "Z");
  t.is(compileSortKey(parseSortBy("userName", null), GROUP_TYPE, { unknownAttributes: "absent" })(group), null);
  t.throws(() => compileSortKey(parseSortBy("userName", null), GROUP_TYPE), { instanceOf: InvalidPathError });
});

test("values of another type than their attribute's are nothing", (t) => {
  const odd = { active: "maybe", meta: { created: 5 }, userName: 3, emails: "bare" };
  for (const path of ["active", "meta.created", "userName", "emails"]) {
    t.is(compileSortKey(parseSortBy(path, USER_TYPE), USER_TYPE)(odd), null, path);
  }
});

for (const sortBy of [
  "",
  "colour",
  "name.colour",
  'emails[type eq "work"]',
  "userName desc",
  "a..b",
  "__proto__",
  "members",
]) {
  test(`row 37: ${JSON.stringify(sortBy)} is no sortBy of users`, (t) => {
    t.throws(() => parseSortBy(sortBy, USER_TYPE), { instanceOf: InvalidPathError });
  });
}

test("what has no value of its own, or is never shown, puts nothing in order", (t) => {
  for (const path of ["name", "meta", "addresses", "password"]) {
    const parsed = parseSortBy(path, USER_TYPE);
    t.throws(() => compileSortKey(parsed, USER_TYPE), { instanceOf: InvalidPathError, message: new RegExp(path) });
  }
  t.throws(() => parseSortBy("colour", null), { instanceOf: InvalidPathError });
  t.is(parseSortBy("members", null).attribute, "members");
});

test("row 37: nothing comes last ascending and first descending, texts go by code point, numbers before texts", (t) => {
  const keys: readonly SortKey[] = ["\uffee", null, "a", 10, "😀", 9, null, ""];
  const sorted = (descending: boolean) => keys.toSorted((a, b) => compareSortKeys(a, b, descending));
  const ascending: readonly SortKey[] = [9, 10, "", "a", "\uffee", "😀", null, null];
  t.deepEqual(sorted(false), ascending);
  t.deepEqual(sorted(true), ascending.toReversed());
});
