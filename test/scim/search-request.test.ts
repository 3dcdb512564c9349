import test from "ava";
import { InvalidValueError, ScimSyntaxError } from "../../src/domain/errors.ts";
import type { JsonValue } from "../../src/domain/json.ts";
import { parseSearchRequest, parseSortOrder } from "../../src/scim/search-request.ts";

const SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

test("row 40: every part of a search is read", (t) => {
  const query = {
    filter: 'userName eq "a"',
    attributes: ["userName", "emails.value"],
    excludedAttributes: ["name"],
    sortBy: "userName",
    startIndex: 2,
    count: "10",
    cursor: "",
  };
  t.deepEqual(parseSearchRequest({ schemas: [SEARCH_URN], sortOrder: "Descending", ...query }), {
    sortOrder: "descending",
    ...query,
  });
});

test("names in any case, one name for a list, null for nothing said, no schemas", (t) => {
  t.deepEqual(
    parseSearchRequest({ FILTER: "title pr", Attributes: "userName,name", sortBy: null, count: null, cursor: null }),
    { filter: "title pr", attributes: ["userName,name"] },
  );
  t.deepEqual(parseSearchRequest({ schemas: [SEARCH_URN.toUpperCase()] }), {});
});

const refused = test.macro({
  exec(t, body: JsonValue, message: RegExp) {
    t.throws(() => parseSearchRequest(body), { instanceOf: ScimSyntaxError, message });
  },
  title: (_, body: JsonValue) => `row 40: ${JSON.stringify(body)} is no search`,
});
test(refused, [], /JSON object/);
test(refused, { schemas: ["urn:x"] }, /schemas must be an array that holds .*SearchRequest/);
test(refused, { schemas: SEARCH_URN }, /schemas must be an array/);
test(refused, { filter: 5 }, /filter must be a string/);
test(refused, { attributes: [5] }, /attributes /);
test(refused, { excludedAttributes: {} }, /excludedAttributes must be an array/);
test(refused, { cursor: 1 }, /cursor must be a string/);

test("sortOrder is one of two", (t) => {
  t.is(parseSortOrder(undefined), "ascending");
  t.is(parseSortOrder("ASCENDING"), "ascending");
  t.throws(() => parseSortOrder("up"), { instanceOf: InvalidValueError });
  t.throws(() => parseSearchRequest({ sortOrder: "" }), { instanceOf: InvalidValueError });
  t.throws(() => parseSearchRequest({ filter: "\ud800" }), { instanceOf: InvalidValueError, message: /filter/ });
});
