import test from "ava";
import { InvalidValueError, PayloadTooLargeError, ScimSyntaxError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parseBulkPath } from "../../src/scim/bulk-path.ts";
import { GROUP_TYPE, USER_TYPE } from "../../src/scim/resource-types.ts";
import { bulkResponse } from "../../src/scim/bulk.ts";
import { parseBulk } from "../../src/scim/parse-bulk.ts";

const BULK_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const post: JsonObject = { method: "POST", path: "/Users", bulkId: "a", data: { userName: "u" } };
const bulk = (operations: JsonValue, parts: JsonObject = {}): JsonObject => ({
  schemas: [BULK_URN],
  Operations: operations,
  ...parts,
});

test("row 41: operations are read, names and methods in any letter case", (t) => {
  const request = parseBulk({
    schemas: [BULK_URN.toLowerCase()],
    failonerrors: 2,
    operations: [
      { ...post, method: "post" },
      { Method: "Put", PATH: "/Users/u-1", version: 'W/"1"', DATA: { userName: "u" }, bulkId: null },
      { method: "PATCH", path: "/Groups/bulkId:g", data: { Operations: [] } },
      { method: "DELETE", path: "/Groups/g%201", data: { ignored: true } },
    ],
  });
  t.deepEqual(request, {
    failOnErrors: 2,
    operations: [
      post,
      { method: "PUT", path: "/Users/u-1", version: 'W/"1"', data: { userName: "u" } },
      { method: "PATCH", path: "/Groups/bulkId:g", data: { Operations: [] } },
      { method: "DELETE", path: "/Groups/g%201" },
    ],
  });
  t.is(parseBulk(bulk([post])).failOnErrors, null);
  t.is(parseBulk(bulk([post], { failOnErrors: null })).failOnErrors, null);
});

const refused = test.macro({
  exec(t, body: JsonValue, message: RegExp) {
    t.throws(() => parseBulk(body), { instanceOf: ScimSyntaxError, message });
  },
  title: (what) => `row 41: refused: ${what ?? ""}`,
});
test("no object", refused, [], /JSON object/);
test("no schemas", refused, { Operations: [post] }, /schemas must be an array that holds .*BulkRequest/);
test("another message", refused, bulk([post], { schemas: ["urn:x"] }), /schemas must be an array that holds/);
test("no operations", refused, { schemas: [BULK_URN] }, /Operations must be an array/);
test("an empty list", refused, bulk([]), /at least one/);
test("an operation that is none", refused, bulk([post, 5]), /Operations\[1\] must be an object/);
for (const failOnErrors of [0, -1, 1.5, "1", true]) {
  test(
    `failOnErrors ${JSON.stringify(failOnErrors)}`,
    refused,
    bulk([post], { failOnErrors }),
    /failOnErrors must be a whole/,
  );
}
test("no method", refused, bulk([{ ...post, method: null }]), /Operations\[0\].method must be/);
test("GET", refused, bulk([post, { method: "GET", path: "/Users/1" }]), /Operations\[1\].method must be POST, PUT/);
test("no path", refused, bulk([{ ...post, path: undefined }]), /Operations\[0\].path must be a string/);
test("POST without bulkId", refused, bulk([{ ...post, bulkId: null }]), /Operations\[0\].bulkId is required/);
test("an empty bulkId", refused, bulk([{ ...post, bulkId: "" }]), /bulkId must not be empty/);
test(
  "a bulkId twice",
  refused,
  bulk([post, { ...post, path: "/Groups" }]),
  /Operations\[1\].bulkId is also that of Operations\[0\]/,
);
for (const method of ["PUT", "PATCH"]) {
  test(
    `${method} without data`,
    refused,
    bulk([{ method, path: "/Users/1" }]),
    new RegExp(`data is required for ${method}`),
  );
}
test("POST without data", refused, bulk([{ ...post, data: null }]), /data is required for POST/);
test("data that is a text", refused, bulk([{ ...post, data: "{}" }]), /data must be an object/);
test("a version that is a number", refused, bulk([{ ...post, version: 1 }]), /version must be a string/);

test("row 41: more than a thousand operations are too many, and data must not be too deep", (t) => {
  const operations = Array.from({ length: 1001 }, (_, index) => ({ method: "DELETE", path: `/Users/${index}` }));
  t.throws(() => parseBulk(bulk(operations)), {
    instanceOf: PayloadTooLargeError,
    message: /1000 operations.*holds 1001/,
  });
  t.is(parseBulk(bulk(operations.slice(1))).operations.length, 1000);
  const deep = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) as JsonValue;
  t.throws(() => parseBulk(bulk([{ ...post, data: deep }])), { instanceOf: InvalidValueError, message: /deeper/ });
});

test("a path is taken apart", (t) => {
  t.deepEqual(parseBulkPath("/Users"), { type: USER_TYPE, id: null });
  t.deepEqual(parseBulkPath("/Groups/"), { type: GROUP_TYPE, id: null });
  t.deepEqual(parseBulkPath("/Groups/bulkId%3Ag"), { type: GROUP_TYPE, id: "bulkId:g" });
  t.is(parseBulkPath("/Groups/%zz")?.id, "%zz");
});

for (const path of ["", "Users", "/", "/Users/a/b", "/Devices", "/users", "/Users?filter=x", "https://x/Users"]) {
  test(`the path ${JSON.stringify(path)} is not served, which is for its operation to answer`, (t) => {
    t.is(parseBulkPath(path), null);
    t.is(parseBulk(bulk([{ ...post, path }])).operations[0]?.path, path);
  });
}

test("row 41: each status is a string", (t) => {
  const location = "https://bridge.example/scim/v2/Users/1";
  t.deepEqual(
    bulkResponse([
      { method: "POST", bulkId: "a", status: 201, location, version: 'W/"1"' },
      { method: "DELETE", status: 404, response: { detail: "Not here." } },
    ]),
    {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
      Operations: [
        { location, method: "POST", bulkId: "a", version: 'W/"1"', status: "201" },
        { method: "DELETE", status: "404", response: { detail: "Not here." } },
      ],
    },
  );
});
