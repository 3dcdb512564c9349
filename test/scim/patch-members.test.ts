import test from "ava";
import { InvalidValueError, MutabilityError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { applyPatch } from "../../src/scim/patch.ts";
import { GROUP_TYPE } from "../../src/scim/resource-types.ts";

function patched(members: JsonValue | undefined, operations: JsonValue): JsonObject {
  const group: JsonObject = { displayName: "Sales", ...(members === undefined ? {} : { members }) };
  return applyPatch(group, parsePatch({ Operations: operations }), GROUP_TYPE);
}

const has = test.macro((t, before: readonly string[], operations: JsonValue, after: readonly string[]) => {
  const members = before.length === 0 ? undefined : before.map((value) => ({ value }));
  const { members: left } = patched(members, operations);
  t.deepEqual(left, after.length === 0 ? undefined : after.map((value) => ({ value })));
});

const named = (...ids: readonly string[]) => ids.map((value) => ({ $ref: null, value }));

test(
  "Entra: members are added",
  has,
  ["ID1"],
  [{ op: "Add", path: "members", value: named("ID1", "ID2") }],
  ["ID1", "ID2"],
);
test(
  "Entra: members are removed by a list",
  has,
  ["ID1", "ID2"],
  [{ op: "Remove", path: "members", value: named("ID1", "ID9") }],
  ["ID2"],
);
test(
  "Entra's flag: a member is removed by filter",
  has,
  ["ID1", "ID2"],
  [{ op: "remove", path: 'members[value eq "ID1"]' }],
  ["ID2"],
);
test("Entra: null empties the group", has, ["ID1"], [{ op: "Replace", path: "members", value: null }], []);
test("row 25: members without filter and value empties", has, ["ID1", "ID2"], [{ op: "remove", path: "members" }], []);
test("case 35: an empty list names nobody", has, ["ID1"], [{ op: "Remove", path: "members", value: [] }], ["ID1"]);
test(
  "members are removed twice without harm",
  has,
  ["ID2"],
  [{ op: "remove", path: 'members[value eq "ID1"]' }],
  ["ID2"],
);
test(
  "member ids are compared exactly",
  has,
  ["id1"],
  [
    { op: "remove", path: 'members[value eq "ID1"]' },
    { op: "remove", path: "members", value: named("ID1") },
  ],
  ["id1"],
);
test(
  "Okta: one out, one in",
  has,
  ["U1"],
  [
    { op: "remove", path: 'members[value eq "U1"]' },
    { op: "add", path: "members", value: [{ value: "U2" }] },
  ],
  ["U2"],
);
test(
  "Okta: a full push",
  has,
  ["U9"],
  [{ op: "replace", path: "members", value: [{ value: "U1" }, { value: "U2" }] }],
  ["U1", "U2"],
);
test("Okta: push now, by path", has, ["U1"], [{ op: "replace", path: "members", value: [] }], []);
test(
  "Okta: push now, without path",
  has,
  ["U1"],
  [{ op: "replace", value: { id: "g", displayName: "Sales", members: [] } }],
  [],
);
test(
  "Okta: a rename leaves the members alone",
  has,
  ["U1"],
  [{ op: "replace", value: { id: "g", displayName: "Sales" } }],
  ["U1"],
);
test("JumpCloud: repeated adds", has, ["U1"], [{ op: "add", path: "members", value: [{ value: "U1" }] }], ["U1"]);
test(
  "members come as bare strings",
  has,
  ["U1"],
  [
    { op: "add", path: "members", value: ["U2"] },
    { op: "add", path: "members", value: "U3" },
  ],
  ["U1", "U2", "U3"],
);

test("a member that is there already stays as it is", (t) => {
  const members = [{ value: "U1", type: "User", display: "Ana" }];
  const result = patched(members, [
    { op: "add", path: "members", value: [{ value: "U1", type: "Group", display: "x" }] },
  ]);
  t.deepEqual(result["members"], members);
});

test("what a member's type is does not matter to its removal", (t) => {
  t.is(
    patched([{ value: "U1" }], [{ op: "remove", path: "members", value: [{ value: "U1", type: "User" }] }])["members"],
    undefined,
  );
});

test("a member cannot become another one", (t) => {
  const replace = (value: JsonValue) => () =>
    patched([{ value: "U1" }], [{ op: "replace", path: 'members[value eq "U1"]', value }]);
  t.throws(replace({ value: "U2" }), { instanceOf: MutabilityError, message: /members.value/ });
  t.deepEqual(replace({ value: "U1", display: "Ana" })()["members"], [{ value: "U1", display: "Ana" }]);
});

test("row 23: a group keeps its name", (t) => {
  t.throws(() => patched([], [{ op: "remove", path: "displayName" }]), { instanceOf: InvalidValueError });
});

test("ten thousand members are added in well under a second", (t) => {
  const ids = (from: number) => Array.from({ length: 10_000 }, (_, index) => ({ value: `U${from + index}` }));
  const started = process.hrtime.bigint();
  const { members } = patched(ids(0), [{ op: "add", path: "members", value: ids(5_000) }]);
  t.is((members as readonly JsonValue[]).length, 15_000);
  t.true(process.hrtime.bigint() - started < 1_000_000_000n);
});
