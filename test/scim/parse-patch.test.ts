import test from "ava";
import { InvalidValueError, PayloadTooLargeError, ScimSyntaxError } from "../../src/domain/errors.ts";
import { PATCH_OP_URN } from "../../src/scim/message.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";

const remove = { op: "remove", path: "title" };

test("row 15: operations are read in any letter case", (t) => {
  const body = { SCHEMAS: [PATCH_OP_URN], operations: [{ OP: "Replace", Path: "title", VALUE: null }, remove] };
  t.deepEqual(parsePatch(body), [{ op: "replace", path: "title", value: null }, remove]);
});

test("schemas may be missing, and a path may be null", (t) => {
  t.deepEqual(parsePatch({ Operations: [{ op: "add", path: null, value: {} }] }), [{ op: "add", value: {} }]);
});

test("a hundred operations are taken, one more is too many", (t) => {
  t.is(parsePatch({ Operations: Array(100).fill(remove) }).length, 100);
  t.throws(() => parsePatch({ Operations: Array(101).fill(remove) }), {
    instanceOf: PayloadTooLargeError,
    message: /at most 100 operations, this one holds 101/,
  });
});

const refused = test.macro((t, body: unknown, message: RegExp) => {
  t.throws(() => parsePatch(body), { instanceOf: ScimSyntaxError, message });
});

test("row 15: a body that is no object", refused, [remove], /JSON object/);
test("row 15: Operations is missing", refused, { schemas: [PATCH_OP_URN] }, /^Operations: /);
test(
  "row 15: Operations is empty",
  refused,
  { Operations: [] },
  /^Operations: must be an array that holds at least one/,
);
test("row 15: an operation is no object", refused, { Operations: [remove, "x"] }, /^Operations\[1\] must be an object/);
test(
  "row 15: another op",
  refused,
  { Operations: [{ op: "move", path: "x" }] },
  /^Operations\[0\]\.op: must be add, remove or replace/,
);
test("row 15: op is missing", refused, { Operations: [remove, { path: "x" }] }, /^Operations\[1\]\.op: /);
test("row 15: path is no string", refused, { Operations: [{ op: "remove", path: 5 }] }, /^Operations\[0\]\.path: /);
test(
  "row 15: value is missing",
  refused,
  { Operations: [{ op: "add", path: "x" }] },
  /^Operations\[0\]\.value is missing/,
);
test(
  "row 15: schemas names something else",
  refused,
  { schemas: ["urn:x"], Operations: [remove] },
  /^schemas: must hold urn:.*PatchOp/,
);

test("a value that no attribute may hold is named by its place", (t) => {
  const body = { Operations: [{ op: "add", value: { title: "\0" } }] };
  t.throws(() => parsePatch(body), {
    instanceOf: InvalidValueError,
    message: /Operations\[0\]\.value\.title holds a NUL/,
  });
});
