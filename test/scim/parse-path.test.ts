import test from "ava";
import fc from "fast-check";
import { InvalidPathError } from "../../src/domain/errors.ts";
import { parsePatchPath } from "../../src/scim/parse-path.ts";
import type { PatchPath } from "../../src/scim/parse-path.ts";
import { filterSoup, hostileName } from "../support/scim-arbitraries.ts";

const parses = test.macro({
  exec(t, text: string, expected: Partial<PatchPath>) {
    t.deepEqual(parsePatchPath(text), { urn: null, attribute: "", filter: null, subAttribute: null, ...expected });
  },
  title: (_: string | undefined, text: string) => `the path ${text} parses`,
});

const work = { op: "eq", path: { urn: null, attribute: "type", subAttribute: null }, value: "work" } as const;

test(parses, "members", { attribute: "members" });
test(parses, " name.familyName ", { attribute: "name", subAttribute: "familyName" });
test(parses, 'addresses[type eq "work"]', { attribute: "addresses", filter: work });
test(parses, 'emails[type eq "work"].value', { attribute: "emails", filter: work, subAttribute: "value" });
test(parses, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", {
  urn: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  attribute: "employeeNumber",
});
test(parses, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", {
  urn: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  attribute: "manager",
  subAttribute: "value",
});

const fails = test.macro({
  exec(t, text: string) {
    t.throws(() => parsePatchPath(text), { instanceOf: InvalidPathError, message: /^The path is not valid: / });
  },
  title: (_: string | undefined, text: string) => `rows 17 and 18: the path ${text.slice(0, 30)} is refused`,
});

test(fails, "");
test(fails, ".");
test(fails, "name.");
test(fails, "emails[");
test(fails, "emails[]");
test(fails, 'emails[type eq "work"');
test(fails, 'emails[type like "work"]');
test(fails, 'emails[type eq "work"].value.more');
test(fails, 'emails[type eq "work"] value');
test(fails, 'name.givenName[type eq "work"]');
test(fails, 'userName eq "x"');
test(fails, "a b");
test(fails, ".".repeat(1_000_000));
test(fails, "a".repeat(5000));

test("a path never names what leads to an object's prototype", (t) => {
  fc.assert(
    fc.property(hostileName, (text) => {
      try {
        const { attribute, subAttribute } = parsePatchPath(text);
        t.false([attribute, subAttribute].some((name) => name === "__proto__" || name === "constructor"));
      } catch (error) {
        t.true(error instanceof InvalidPathError);
      }
    }),
  );
});

test("any text is a path or an InvalidPathError", (t) => {
  fc.assert(
    fc.property(fc.oneof(filterSoup, fc.string()), (text) => {
      try {
        t.is(typeof parsePatchPath(text).attribute, "string");
      } catch (error) {
        t.true(error instanceof InvalidPathError);
      }
    }),
    { numRuns: 500 },
  );
});
