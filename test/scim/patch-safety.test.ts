import test from "ava";
import fc from "fast-check";
import { ScimError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { applyPatch } from "../../src/scim/patch.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";
import { hostileName, scimJson } from "../support/scim-arbitraries.ts";
import { ENTERPRISE_URN, aResource } from "../support/scim-users.ts";

const ACME = "urn:acme.example:people:2.0:User";
const work = { value: "ana@acme.example", type: "work", primary: true };

function patched(resource: JsonObject, operations: JsonValue): JsonObject {
  return applyPatch(resource, parsePatch({ Operations: operations }), USER_TYPE);
}

test("no path and no key reaches a prototype", (t) => {
  const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted();
  const nested = (name: string): JsonObject =>
    JSON.parse(`{${JSON.stringify(name)}: {"polluted": true}}`) as JsonObject;
  fc.assert(
    fc.property(hostileName, fc.constantFrom("add", "replace", "remove"), fc.boolean(), (name, op, asKey) => {
      const operation = asKey ? { op, value: nested(name) } : { op, path: name, value: nested("polluted") };
      try {
        const result = patched(aResource({ name: { givenName: "A" } }), [
          operation,
          { op: "add", value: nested(ACME) },
        ]);
        t.is(Object.getPrototypeOf(result), Object.prototype);
      } catch (error) {
        t.true(error instanceof ScimError);
      }
    }),
  );
  t.deepEqual(Object.getOwnPropertyNames(Object.prototype).toSorted(), prototype);
  t.false("polluted" in {});
});

test("a key constructor inside an unknown extension is dropped", (t) => {
  const value = JSON.parse(`{"${ACME}": {"kept": {"constructor": 1, "x": 1}}}`) as JsonObject;
  const result = patched(aResource(), [{ op: "add", value }]);
  t.deepEqual(result[ACME], { kept: { x: 1 } });
});

test("any operations give a resource or a ScimError, and never change what they were given", (t) => {
  const path = fc.oneof(
    hostileName,
    fc.constantFrom("emails", 'emails[type eq "work"].value', "name", "name.givenName", "manager", "active", "members"),
    fc.constantFrom(
      ENTERPRISE_URN,
      `${ACME}:x`,
      `${ACME}:x.y`,
      `${ACME}:x[y eq "1"]`,
      "roles[primary eq true]",
      "userName",
    ),
    fc.string({ maxLength: 8 }),
  );
  const operation = fc.record(
    { op: fc.constantFrom("add", "replace", "remove"), path, value: scimJson },
    { requiredKeys: ["op", "value"] },
  );
  const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted();
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 5 }), (operations) => {
      const resource = aResource({ emails: [work], name: { givenName: "A" }, [ACME]: { x: [{ y: "1" }] } });
      const before = structuredClone({ resource, operations });
      try {
        const result = patched(resource, operations);
        t.true(typeof result["userName"] === "string");
        t.false(["id", "meta", "schemas", "groups", "password"].some((name) => Object.hasOwn(result, name)));
      } catch (error) {
        t.true(error instanceof ScimError, String(error));
      }
      t.deepEqual({ resource, operations }, before);
    }),
    { numRuns: 1000 },
  );
  t.deepEqual(Object.getOwnPropertyNames(Object.prototype).toSorted(), prototype);
});

test("attributes of unknown extensions survive a PATCH of anything else", (t) => {
  fc.assert(
    fc.property(scimJson, fc.constantFrom("title", "name.givenName", "displayName"), (extra, path) => {
      const resource = aResource({ [ACME]: { extra } });
      const result = patched(resource, [{ op: "replace", path, value: "x" }]);
      t.deepEqual(result[ACME], { extra });
    }),
    { numRuns: 100 },
  );
});
