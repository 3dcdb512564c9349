import test from "ava";
import {
  InvalidFilterError,
  InvalidPathError,
  InvalidValueError,
  MutabilityError,
  NoTargetError,
} from "../../src/domain/errors.ts";
import type { ScimError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { applyPatch } from "../../src/scim/patch.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { ENTERPRISE_URN, USER_URN, aResource } from "../support/scim-users.ts";

const ACME = "urn:acme.example:people:2.0:User";
const work = { value: "ana@acme.example", type: "work", primary: true };

function patched(resource: JsonObject, operations: JsonValue): JsonObject {
  return applyPatch(resource, parsePatch({ Operations: operations }), USER_TYPE);
}

const fails = test.macro((t, operations: JsonValue, error: new (...args: never[]) => ScimError, message: RegExp) => {
  const resource = aResource({ emails: [work], [ACME]: { note: "n", list: [{ a: "1" }] } });
  const untouched = structuredClone(resource);
  const all = [{ op: "replace", path: "title", value: "changed" }, ...(operations as JsonValue[])];
  t.throws(() => patched(resource, all), { instanceOf: error, message });
  t.deepEqual(resource, untouched);
});

test("row 12: id cannot be changed by path", fails, [{ op: "replace", path: "id", value: "x" }], MutabilityError, /id/);
test(
  "row 12: meta cannot be changed by path",
  fails,
  [{ op: "replace", path: "meta.version", value: "x" }],
  MutabilityError,
  /meta/,
);
test(
  "rows 12 and 44: groups cannot be changed by path",
  fails,
  [{ op: "add", path: "groups", value: [{ value: "g" }] }],
  MutabilityError,
  /groups/,
);
test("row 16: a removal without path", fails, [{ op: "remove" }], NoTargetError, /needs a path/);
test("row 16: a removal of the core schema", fails, [{ op: "remove", path: USER_URN }], NoTargetError, /needs a path/);
test(
  "row 17: a malformed path",
  fails,
  [{ op: "replace", path: "na me", value: "x" }],
  InvalidPathError,
  /path is not valid/,
);
test("row 17: an empty path", fails, [{ op: "replace", path: "", value: "x" }], InvalidPathError, /path is not valid/);
test(
  "row 17: a path of dots",
  fails,
  [{ op: "replace", path: ".".repeat(4000), value: "x" }],
  InvalidPathError,
  /path is not valid/,
);
test(
  "row 17: a malformed name in a value without path",
  fails,
  [{ op: "replace", value: { "a b": 1 } }],
  InvalidPathError,
  /path is not valid/,
);
test(
  "row 18: a malformed filter",
  fails,
  [{ op: "replace", path: 'emails[type xx "work"]', value: "x" }],
  InvalidPathError,
  /operator/,
);
test(
  "row 18: a filter on what the elements do not have",
  fails,
  [{ op: "replace", path: 'emails[colour eq "work"]', value: "x" }],
  InvalidFilterError,
  /colour/,
);
test(
  "row 18: a filter on a simple attribute",
  fails,
  [{ op: "replace", path: 'title[value eq "x"]', value: "x" }],
  InvalidPathError,
  /no elements/,
);
for (const filter of [
  'value co "x"',
  'type eq "a" or type eq "b"',
  'not (type eq "work")',
  "type eq null",
  "display pr",
  'type eq "a" and type eq "b"',
  'display pr and type eq "a"',
]) {
  test(
    `row 19: no element can be made from ${filter}`,
    fails,
    [{ op: "replace", path: `phoneNumbers[${filter}].value`, value: "1" }],
    NoTargetError,
    /selects nothing/,
  );
}
test(
  "row 23: userName cannot be removed",
  fails,
  [{ op: "remove", path: "userName" }],
  InvalidValueError,
  /userName is required/,
);
test(
  "row 23: userName cannot be emptied",
  fails,
  [{ op: "replace", value: { userName: "" } }],
  InvalidValueError,
  /userName is required/,
);
test(
  "a value without path must be an object",
  fails,
  [{ op: "replace", value: "x" }],
  InvalidValueError,
  /needs an object/,
);
test(
  "an extension's value must be an object",
  fails,
  [{ op: "add", path: ENTERPRISE_URN, value: "x" }],
  InvalidValueError,
  /needs an object/,
);
test(
  "case 57: active is 0",
  fails,
  [{ op: "replace", path: "active", value: 0 }],
  InvalidValueError,
  /active must be true or false/,
);
test(
  "case 57: active is a word",
  fails,
  [{ op: "replace", value: { active: "no" } }],
  InvalidValueError,
  /active must be true or false/,
);
test(
  "case 57: active is empty",
  fails,
  [{ op: "replace", value: { active: "" } }],
  InvalidValueError,
  /active must be true or false/,
);
test(
  "a text must be a string",
  fails,
  [{ op: "add", path: "title", value: 5 }],
  InvalidValueError,
  /title must be a string/,
);
test(
  "an object must be an object",
  fails,
  [{ op: "add", path: "name", value: "Ana" }],
  InvalidValueError,
  /name must be an object/,
);
test(
  "an element must be an object",
  fails,
  [{ op: "add", path: "addresses", value: ["x"] }],
  InvalidValueError,
  /addresses\[0\] must be an object/,
);
test(
  "a selected element must be an object",
  fails,
  [{ op: "replace", path: 'emails[type eq "work"]', value: ["a", "b"] }],
  InvalidValueError,
  /must be an object/,
);
test(
  "a selected element of an unknown list must be an object",
  fails,
  [{ op: "replace", path: `${ACME}:list[a eq "1"]`, value: "b" }],
  InvalidValueError,
  /must be an object/,
);
test(
  "the path in a message is the one that was sent",
  fails,
  [{ op: "add", path: 'emails[type eq "work"].value', value: { a: 1 } }],
  InvalidValueError,
  /emails\[type eq "work"\]\.value must be a string/,
);
test(
  "texts have a limit",
  fails,
  [{ op: "add", path: "title", value: "x".repeat(65_537) }],
  InvalidValueError,
  /longer than 65536/,
);
test("texts hold no NUL", fails, [{ op: "add", path: "title", value: "a\0" }], InvalidValueError, /NUL/);

test("row 13: a failing operation changes nothing", (t) => {
  const resource = Object.freeze(aResource());
  t.throws(
    () =>
      patched(resource, [
        { op: "replace", path: "title", value: "a" },
        { op: "replace", path: "name.givenName", value: "b" },
        { op: "replace", path: "id", value: "c" },
      ]),
    { instanceOf: MutabilityError },
  );
  t.deepEqual(resource, aResource());
});
