import test from "ava";
import fc from "fast-check";
import type { GroupMember, MembersChange } from "../../src/domain/directory.ts";
import {
  InvalidFilterError,
  InvalidPathError,
  InvalidValueError,
  MutabilityError,
  NoTargetError,
} from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { patchGroup, readsMembers } from "../../src/scim/group-patch.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { applyPatch } from "../../src/scim/patch.ts";
import { GROUP_TYPE } from "../../src/scim/resource-types.ts";

const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
const content = { displayName: "Sales", resource: { displayName: "Sales" } };

function patched(operations: JsonValue, members: readonly GroupMember[] | null = null) {
  return patchGroup(content, members, parsePatch({ Operations: operations }));
}

const pending = (...values: readonly string[]): readonly GroupMember[] =>
  values.map((value) => ({ value, refersTo: null }));

const stored = (put: readonly string[], drop: readonly string[] = []): MembersChange => ({
  base: "stored",
  put: put.map((value) => ({ value })),
  drop,
});
const none = (...put: readonly string[]): MembersChange => ({ ...stored(put), base: "none" });

const delta = test.macro({
  exec(t, operations: JsonValue, change: MembersChange | null) {
    t.false(readsMembers(parsePatch({ Operations: operations })));
    t.deepEqual(patched(operations), { content, members: change });
  },
  title: (what) => `without reading members: ${what ?? ""}`,
});

const named = (...ids: readonly string[]) => ids.map((value) => ({ $ref: null, value }));
const remove = (path: string) => ({ op: "remove", path });

test("Entra adds", delta, [{ op: "Add", path: "members", value: named("a", "b") }], stored(["a", "b"]));
test("Entra removes by a list", delta, [{ op: "Remove", path: "members", value: named("a") }], stored([], ["a"]));
test("Entra's flag removes by filter", delta, [remove('members[value eq "a"]')], stored([], ["a"]));
test("an id without quotes", delta, [remove("members[value eq 12]")], stored([], ["12"]));
test(
  "several by or",
  delta,
  [remove('Members[Value EQ "a" or (value eq "b" or value eq "c")]')],
  stored([], ["a", "b", "c"]),
);
test("the whole name", delta, [remove(`${GROUP_URN.toUpperCase()}:MEMBERS[value eq "a"]`)], stored([], ["a"]));
test("remove without value empties", delta, [remove("members")], none());
test("remove null empties", delta, [{ op: "remove", path: "members", value: null }], none());
test("case 35: an empty list names nobody", delta, [{ op: "Remove", path: "members", value: [] }], null);
test("adding nobody", delta, [{ op: "add", path: "members", value: [] }], null);
test("Entra: replace by null empties", delta, [{ op: "Replace", path: "members", value: null }], none());
test("Okta: push now", delta, [{ op: "replace", path: "members", value: [] }], none());
test(
  "Okta: push now without path",
  delta,
  [{ op: "replace", value: { id: "g", displayName: "Sales", members: [] } }],
  none(),
);
test("Okta: a full push", delta, [{ op: "replace", path: "members", value: named("a", "b") }], none("a", "b"));
test("pathless add", delta, [{ op: "add", value: { members: [{ value: "a" }] } }], stored(["a"]));
test("pathless under the core URN", delta, [{ op: "add", value: { [GROUP_URN]: { members: "a" } } }], stored(["a"]));
test(
  "bare ids, one object",
  delta,
  [
    { op: "add", path: "members", value: ["a"] },
    { op: "add", path: "members", value: "b" },
    { op: "add", path: "members", value: { value: "c" } },
  ],
  stored(["a", "b", "c"]),
);
test(
  "Okta: one out, one in",
  delta,
  [remove('members[value eq "a"]'), { op: "add", path: "members", value: [{ value: "b" }] }],
  stored(["b"], ["a"]),
);
test(
  "in and out again",
  delta,
  [{ op: "add", path: "members", value: ["a", "b"] }, remove('members[value eq "a"]')],
  stored(["b"], ["a"]),
);
test(
  "what comes before a replacement does not matter",
  delta,
  [
    remove('members[value eq "a"]'),
    { op: "add", path: "members", value: ["a"] },
    { op: "replace", path: "members", value: ["b"] },
    { op: "add", path: "members", value: ["c"] },
    remove('members[value eq "b"]'),
    { op: "add", path: "members", value: ["b"] },
  ],
  none("c", "b"),
);

test("what is put in keeps its description, and the first one given", (t) => {
  const value = [
    { value: "a", type: "User", display: "Ana" },
    { value: "a", display: "Other" },
  ];
  t.deepEqual(patched([{ op: "add", path: "members", value }]).members, {
    base: "stored",
    put: [{ value: "a", type: "User", display: "Ana" }],
    drop: [],
  });
});

test("Okta: a rename that repeats the id leaves the members alone", (t) => {
  const operations = [{ op: "replace", value: { id: "g", displayName: "Sales 2" } }];
  t.deepEqual(patched(operations), {
    content: { displayName: "Sales 2", resource: { displayName: "Sales 2" } },
    members: null,
  });
});

test("the name and the externalId follow the resource", (t) => {
  const { content: after, members } = patched([
    { op: "replace", path: "externalId", value: "x" },
    { op: "add", path: "members", value: ["a"] },
    { op: "replace", path: "displayName", value: "B" },
  ]);
  t.deepEqual(after, { displayName: "B", externalId: "x", resource: { displayName: "B", externalId: "x" } });
  t.deepEqual(members, stored(["a"]));
});

const general = test.macro({
  exec(t, before: readonly GroupMember[], operations: JsonValue, change: MembersChange | null) {
    t.true(readsMembers(parsePatch({ Operations: operations })));
    t.throws(() => patched(operations, null), { instanceOf: TypeError });
    t.deepEqual(patched(operations, before).members, change);
  },
  title: (what) => `by reading members: ${what ?? ""}`,
});

const ana: GroupMember = { value: "a", display: "Ana", refersTo: { type: "User", id: "a" } };
const team: GroupMember = { value: "g", type: "team", refersTo: { type: "Group", id: "g" } };

test("selected by display", general, [ana, team], [remove('members[display eq "ANA"]')], {
  base: "none",
  put: [{ value: "g", type: "team" }],
  drop: [],
});
test("selected by the type that clients see", general, [ana, team], [remove('members[type eq "Group"]')], {
  base: "none",
  put: [{ value: "a", display: "Ana" }],
  drop: [],
});
test("a display is changed", general, [ana], [{ op: "replace", path: 'members[value eq "a"].display', value: "A" }], {
  base: "none",
  put: [{ value: "a", display: "A" }],
  drop: [],
});
test("every display is removed", general, [ana, team], [remove("members.display")], {
  base: "none",
  put: [{ value: "a" }, { value: "g", type: "team" }],
  drop: [],
});
test(
  "a member goes and comes again",
  general,
  [ana, team],
  [remove('members[value eq "a"]'), { op: "add", path: "members", value: [{ value: "a", display: "New" }] }],
  {
    base: "none",
    put: [
      { value: "g", type: "team" },
      { value: "a", display: "New" },
    ],
    drop: [],
  },
);
test("nothing is selected", general, [ana], [remove('members[display eq "Bob"]')], null);
test("everything but one", general, pending("a", "b"), [remove('members[value ne "a"]')], none("a"));
test(
  "a missing member is made",
  general,
  pending("a"),
  [{ op: "replace", path: 'members[value eq "b"].display', value: "B" }],
  { base: "none", put: [{ value: "a" }, { value: "b", display: "B" }], drop: [] },
);

const refused = test.macro({
  exec(t, operations: JsonValue, error: new (...args: never[]) => Error, message: RegExp) {
    t.throws(() => patched(operations, [ana, team]), { instanceOf: error, message });
  },
  title: (what) => `refused: ${what ?? ""}`,
});
test("row 23: no name", refused, [remove("displayName")], InvalidValueError, /displayName is required/);
test(
  "a blank name",
  refused,
  [{ op: "replace", path: "displayName", value: " " }],
  InvalidValueError,
  /displayName is required/,
);
test(
  "a member without value",
  refused,
  [{ op: "add", path: "members", value: ["a", { display: "x" }] }],
  InvalidValueError,
  /members\[1\] has no value/,
);
test(
  "removing nobody in particular",
  refused,
  [{ op: "remove", path: "members", value: [{ value: null }] }],
  InvalidValueError,
  /members\[0\] has no value/,
);
test(
  "a member made without value",
  refused,
  [{ op: "add", path: 'members[display eq "x"].type', value: "User" }],
  InvalidValueError,
  /members\[2\] has no value/,
);
test(
  "a member who becomes another",
  refused,
  [{ op: "replace", path: 'members[value eq "a"].value', value: "b" }],
  MutabilityError,
  /members.value/,
);
test(
  "$ref is computed",
  refused,
  [{ op: "replace", path: 'members[value eq "a"].$ref', value: "x" }],
  MutabilityError,
  /members.\$ref is read-only/,
);
test(
  "$ref selects nobody",
  refused,
  [remove('members[$ref eq "https://x/Users/a"]')],
  InvalidFilterError,
  /\$ref follows from value/,
);
test("a broken filter", refused, [remove("members[value eq]")], InvalidPathError, /path/);
test("an unknown sub-attribute in a filter", refused, [remove('members[colour eq "x"]')], InvalidFilterError, /colour/);
test("row 16: no path", refused, [{ op: "remove" }], NoTargetError, /path/);
test(
  "row 12: id by its name",
  refused,
  [{ op: "replace", path: "id", value: "x" }],
  MutabilityError,
  /id is read-only/,
);

test("read-only attributes repeated without path are ignored, by any name", (t) => {
  const value = { ID: "x", meta: { version: "1" }, [`${GROUP_URN}:id`]: "x", displayName: "B" };
  t.is(patched([{ op: "replace", value }]).content.displayName, "B");
});

test("ten thousand members are added, removed and edited in time that grows with their number", (t) => {
  const ids = (from: number) => Array.from({ length: 10_000 }, (_, index) => ({ value: `U${from + index}` }));
  const started = process.hrtime.bigint();
  const { members } = patched([
    { op: "add", path: "members", value: ids(0) },
    { op: "remove", path: "members", value: ids(5_000) },
  ]);
  t.is(members?.put.length, 5_000);
  t.is(members?.drop.length, 10_000);
  const before = ids(0).map((member): GroupMember => ({ ...member, refersTo: null }));
  const edited = patched([{ op: "replace", path: 'members[value eq "U1"].display', value: "x" }], before);
  t.is(edited.members?.put.length, 10_000);
  // Squared, this would take minutes; the bound leaves room for a slow machine.
  t.true(process.hrtime.bigint() - started < 5_000_000_000n);
});

const value = fc.constantFrom("a", "b", "c", "d");
const member = fc.oneof(
  value,
  fc.record({ value, display: fc.constantFrom("A", "B") }, { requiredKeys: ["value"] }),
  fc.record({ value, type: fc.constantFrom("User", "Group"), $ref: fc.constant(null) }),
);
const list = fc.oneof(fc.array(member, { maxLength: 4 }), member, fc.constant(null));
const path = fc.oneof(fc.constantFrom("members", "Members", `${GROUP_URN}:members`));
const operation: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom("add", "Add", "replace", "remove"), path, value: list }) },
  fc.record({ op: fc.constantFrom("add", "replace"), value: fc.record({ members: list, id: fc.constant("g") }) }),
  fc.record({ op: fc.constant("remove"), path }),
  fc.record({
    op: fc.constant("remove"),
    path: fc
      .array(value, { minLength: 1, maxLength: 3 })
      .map((values) => `members[${values.map((each) => `value eq "${each}"`).join(" or ")}]`),
  }),
  fc.record({ op: fc.constant("replace"), path: fc.constant("displayName"), value: fc.constantFrom("X", "Y") }),
  fc.constantFrom<JsonObject>(
    remove('members[display eq "A"]'),
    remove('members[type eq "Group" and value ne "b"]'),
    { op: "add", path: 'members[value eq "b"].display', value: "B2" },
    remove("members.display"),
  ),
);
const storedMembers = fc.uniqueArray(
  fc.record(
    { value, display: fc.constantFrom("A", "B"), type: fc.constantFrom("User", "Group"), refersTo: fc.constant(null) },
    { requiredKeys: ["value", "refersTo"] },
  ),
  { selector: (each) => each.value },
);

/** What the store does with a change (ports/directory-tx.ts). */
function changed(before: readonly GroupMember[], change: MembersChange | null): readonly JsonObject[] {
  const plain = before.map(({ refersTo: _, ...each }): JsonObject => each);
  if (change === null) return plain;
  const put = change.put.map((each): JsonObject => ({ ...each }));
  if (change.base === "none") return put;
  const kept = plain.filter((each) => !change.drop.some((value) => value === each["value"]));
  return [...kept, ...put.filter((each) => !kept.some((other) => other["value"] === each["value"]))];
}

test("a change of members does what the operations do to the whole resource", (t) => {
  let deltas = 0;
  fc.assert(
    fc.property(storedMembers, fc.array(operation, { minLength: 1, maxLength: 5 }), (before, raw) => {
      const operations = parsePatch({ Operations: raw });
      const whole: JsonObject = { displayName: "Sales", members: before.map(({ refersTo: _, ...each }) => each) };
      const { members = [], ...resource } = applyPatch(
        before.length === 0 ? content.resource : whole,
        operations,
        GROUP_TYPE,
      );
      const reads = readsMembers(operations);
      deltas += Number(!reads);
      const result = patchGroup(content, reads ? before : null, operations);
      t.deepEqual(result.content.resource, resource);
      t.deepEqual(changed(before, result.members), members as readonly JsonObject[]);
      const put = new Set(result.members?.put.map((each) => each.value));
      t.false(result.members?.drop.some((each) => put.has(each)) ?? false);
    }),
    { numRuns: 5000 },
  );
  t.true(deltas > 500, `only ${deltas} runs went the short way`);
});
