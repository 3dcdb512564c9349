import test from "ava";
import type { JsonValue } from "../../src/domain/json.ts";
import { bulkReferences, fillBulkIds, operationReferences, withoutReferences } from "../../src/scim/bulk-references.ts";

const ids = new Map([
  ["a", "id-a"],
  ["b", "id-b"],
]);

const refers = test.macro({
  exec(t, data: JsonValue, names: readonly string[], filled: JsonValue, without: JsonValue | undefined) {
    t.deepEqual([...bulkReferences(data)], names);
    t.deepEqual(fillBulkIds(data, ids), filled);
    t.deepEqual(withoutReferences(data, new Set(["a"])), without);
  },
  title: (what) => `row 41: references in ${what ?? ""}`,
});

const members = (...values: readonly string[]) => ({ members: values.map((value) => ({ value })) });
test(
  "members",
  refers,
  members("bulkId:a", "x", "bulkId:b"),
  ["a", "b"],
  members("id-a", "x", "id-b"),
  members("x", "bulkId:b"),
);
test("bare members", refers, { members: ["bulkId:a", "x"] }, ["a"], { members: ["id-a", "x"] }, { members: ["x"] });
test(
  "a manager, who goes whole",
  refers,
  { userName: "u", manager: { value: "bulkId:a", displayName: "Ana" } },
  ["a"],
  { userName: "u", manager: { value: "id-a", displayName: "Ana" } },
  { userName: "u" },
);
test("a manager as a string", refers, { manager: "bulkId:a" }, ["a"], { manager: "id-a" }, {});
const patch = (path: string, value: JsonValue = null) => ({ Operations: [{ op: "remove", path, value }] });
test("a PATCH path", refers, patch('members[value eq "bulkId:a"]'), ["a"], patch('members[value eq "id-a"]'), {
  Operations: [],
});
test(
  "a PATCH path with several, some without quotes",
  refers,
  patch('members[value eq bulkId:a or value eq "bulkId:b" or value eq "bulkId:c"]'),
  ["a", "b", "c"],
  patch('members[value eq "id-a" or value eq "id-b" or value eq "bulkId:c"]'),
  { Operations: [] },
);
test(
  "a PATCH value",
  refers,
  patch("members", [{ value: "bulkId:a" }]),
  ["a"],
  patch("members", [{ value: "id-a" }]),
  patch("members", []),
);
test(
  "a broken PATCH path: none",
  refers,
  patch('members[value eq "bulkId:a'),
  [],
  patch('members[value eq "bulkId:a'),
  patch('members[value eq "bulkId:a'),
);
test(
  "texts that are none",
  refers,
  ["bulkId:", "BULKID:a", 'say "bulkId:a"', "xbulkId:a", 5, null, true],
  [],
  ["bulkId:", "BULKID:a", 'say "bulkId:a"', "xbulkId:a", 5, null, true],
  ["bulkId:", "BULKID:a", 'say "bulkId:a"', "xbulkId:a", 5, null, true],
);

test("an id in a path keeps its quotes", (t) => {
  const filled = fillBulkIds(patch('members[value eq "bulkId:q"]'), new Map([["q", 'a"b']]));
  t.deepEqual(filled, patch('members[value eq "a\\"b"]'));
});

test("the path of an operation refers, too, and nothing is left of a lone reference", (t) => {
  t.deepEqual(
    [...operationReferences({ method: "PUT", path: "/Users/bulkId:u", data: { manager: "bulkId:m" } })],
    ["u", "m"],
  );
  t.deepEqual([...operationReferences({ method: "DELETE", path: "/Users/u" })], []);
  t.is(withoutReferences("bulkId:a", new Set(["a"])), undefined);
});

test("a key __proto__ stays a key", (t) => {
  const data = JSON.parse('{"__proto__": {"value": "bulkId:a"}}') as JsonValue;
  t.deepEqual(Object.keys(fillBulkIds(data, ids) as object), ["__proto__"]);
  t.false("value" in {});
});
