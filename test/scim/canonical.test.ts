import test from "ava";
import { InvalidValueError } from "../../src/domain/errors.ts";
import type { JsonValue } from "../../src/domain/json.ts";
import { canonicalResource, canonicalValue } from "../../src/scim/canonical.ts";
import { GROUP_TYPE } from "../../src/scim/resource-types.ts";
import { attribute } from "../../src/scim/schema.ts";
import type { AttributeType } from "../../src/scim/schema.ts";

const takes = test.macro({
  exec(t, type: AttributeType, right: JsonValue, wrong: JsonValue) {
    const definition = attribute("it", "", { type });
    t.deepEqual(canonicalValue(definition, right, "it"), right);
    t.throws(() => canonicalValue(definition, wrong, "it"), { instanceOf: InvalidValueError, message: /^it must be / });
    t.is(canonicalValue(definition, null, "it"), undefined);
  },
  title: (_: string | undefined, type: AttributeType) => `a value of type ${type} is checked`,
});

test(takes, "string", "x", 1);
test(takes, "reference", "../Users/1", { x: 1 });
test(takes, "binary", "TUlJ", true);
test(takes, "boolean", false, "no");
test(takes, "decimal", 1.5, "1.5");
test(takes, "integer", 2, 2.5);
test(takes, "dateTime", "2026-11-21T10:00:00Z", "yesterday");

test("decision 5: members as bare strings are stored as objects", (t) => {
  const body = { displayName: "G", members: ["id1", { value: "id2", $ref: null }], id: "x" };
  t.deepEqual(canonicalResource(body, GROUP_TYPE), { displayName: "G", members: [{ value: "id1" }, { value: "id2" }] });
});
