import test from "ava";
import { InvalidValueError, ResourceNotFoundError, UniquenessError } from "../../src/domain/errors.ts";
import { errorBody, listResponse, parsePaging } from "../../src/scim/message.ts";

test("row 34: an empty list is a list", (t) => {
  t.deepEqual(listResponse({ resources: [], total: 0, startIndex: 1 }), {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: 0,
    startIndex: 1,
    itemsPerPage: 0,
    Resources: [],
  });
});

test("row 35: itemsPerPage counts what is on the page, startIndex is echoed", (t) => {
  t.like(listResponse({ resources: [{ id: "1" }], total: 7, startIndex: 7 }), {
    totalResults: 7,
    startIndex: 7,
    itemsPerPage: 1,
  });
});

test("row 47: a page by cursor has no index, and names the next one unless it is the last", (t) => {
  const page = { resources: [{ id: "1" }], total: 7 };
  t.deepEqual(listResponse({ ...page, startIndex: 1, nextCursor: "c" }), {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: 7,
    itemsPerPage: 1,
    nextCursor: "c",
    Resources: [{ id: "1" }],
  });
  const last = listResponse({ ...page, nextCursor: null });
  t.false("nextCursor" in last || "startIndex" in last);
  t.false("nextCursor" in listResponse({ ...page, startIndex: 1, nextCursor: undefined }));
});

test("row 3: the status of an error is a string", (t) => {
  t.deepEqual(errorBody(new UniquenessError("userName is already in use")), {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: "409",
    scimType: "uniqueness",
    detail: "userName is already in use",
  });
  t.deepEqual(errorBody({ status: 401, detail: "No token." }), {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: "401",
    detail: "No token.",
  });
  t.false("scimType" in errorBody(new ResourceNotFoundError("Not here.")));
  t.false("detail" in errorBody({ status: 500 }));
});

const pages = test.macro({
  exec(t, query: Parameters<typeof parsePaging>[0], startIndex: number, count: number) {
    t.deepEqual(parsePaging(query), { startIndex, count });
  },
  title: (_, query) => `row 35: ${JSON.stringify(query)} is a page`,
});

test(pages, {}, 1, 200);
test(pages, { startIndex: "1", count: "2" }, 1, 2);
test(pages, { startIndex: "0" }, 1, 200);
test(pages, { startIndex: "-5", count: "-1" }, 1, 0);
test(pages, { count: "0" }, 1, 0);
test(pages, { count: "1000000000" }, 1, 200);
test(pages, { startIndex: 3, count: 4 }, 3, 4);
test(pages, { startIndex: "9".repeat(400), count: `-${"9".repeat(400)}` }, Number.MAX_SAFE_INTEGER, 0);

for (const value of ["x", "", "1.5", "1e3", "0x10", 1.5, NaN, null, ["1", "2"], true]) {
  test(`row 35: ${JSON.stringify(value)} (${typeof value}, ${String(value)}) is no page`, (t) => {
    t.throws(() => parsePaging({ count: value }), { instanceOf: InvalidValueError, message: /^count must be/ });
    t.throws(() => parsePaging({ startIndex: value }), {
      instanceOf: InvalidValueError,
      message: /^startIndex must be/,
    });
  });
}
