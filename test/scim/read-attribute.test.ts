import test from "ava";
import { InvalidFilterError, InvalidPathError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { compileAttributeReader } from "../../src/scim/read-attribute.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const bo: JsonObject = {
  userName: "bo@acme.example",
  name: { givenName: "Bo" },
  emails: [
    { value: "bo@home.example", type: "home", primary: true },
    { value: "bo@acme.example", type: "work" },
    "odd",
  ],
  [ENTERPRISE]: { department: "Sales", manager: { value: "m1", displayName: "Ana" } },
  "urn:acme:2.0:User": { Region: "EU", sites: [{ code: "A" }, { code: "B" }] },
};

const reads = test.macro({
  exec(t, path: string, expected: readonly JsonValue[]) {
    t.deepEqual(compileAttributeReader(path, USER_TYPE)(bo), expected);
  },
  title: (_: string | undefined, path: string) => `the path ${path} reads its values`,
});

test(reads, "userName", ["bo@acme.example"]);
test(reads, "USERNAME", ["bo@acme.example"]);
test(reads, "name.givenName", ["Bo"]);
test(reads, "name.familyName", []);
test(reads, "name", [{ givenName: "Bo" }]);
test(reads, 'emails[type eq "work"].value', ["bo@acme.example"]);
test(reads, "emails[primary eq true].value", ["bo@home.example"]);
test(reads, 'emails[type eq "other"].value', []);
test(reads, 'emails[type eq "work"]', ["bo@acme.example"]);
test(reads, "emails.type", ["home", "work"]);
test(reads, "emails", ["bo@home.example", "bo@acme.example"]);
test(reads, `${ENTERPRISE}:department`, ["Sales"]);
test(reads, `${ENTERPRISE}:manager`, ["m1"]);
test(reads, `${ENTERPRISE}:manager.displayName`, ["Ana"]);
test(reads, "department", ["Sales"]);
test(reads, "urn:acme:2.0:User:region", ["EU"]);
test(reads, "urn:acme:2.0:User:sites.code", ["A", "B"]);
test(reads, 'urn:acme:2.0:User:sites[code eq "b"].code', ["B"]);
test(reads, "urn:other:2.0:User:region", []);
test(reads, "favouriteColour", []);
test(reads, "name.nickname", []);
test(reads, "toString", []);
test(reads, "urn:acme:2.0:User:hasOwnProperty", []);

test("a malformed path, or a filter that does not fit, is an error when it is compiled", (t) => {
  t.throws(() => compileAttributeReader("emails[", USER_TYPE), { instanceOf: InvalidPathError });
  t.throws(() => compileAttributeReader("__proto__", USER_TYPE), { instanceOf: InvalidPathError });
  t.throws(() => compileAttributeReader('emails[colour eq "x"].value', USER_TYPE), { instanceOf: InvalidFilterError });
});
