import fc from "fast-check";
import type { JsonValue } from "../../src/domain/json.ts";
import type { AttributePath, CompareOperator, ElementTest, FilterLiteral, FilterNode } from "../../src/scim/filter.ts";

const operators: readonly CompareOperator[] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

const name = fc.constantFrom("userName", "emails", "name", "title", "and", "not", "x-1", "$ref", "pr", "active");
const subName = fc.constantFrom("value", "type", "givenName", "primary");
const urn = fc.constantFrom(
  "urn:ietf:params:scim:schemas:core:2.0:User",
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  "urn:calendly:scim:schemas:2.0:User",
  "urn:acme.example:people:2.0:User",
);

/** Literals that a filter can carry; strings without NUL, numbers as JSON writes them. */
export const filterLiteral: fc.Arbitrary<FilterLiteral> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !text.includes("\0") && text.isWellFormed()),
  fc.constantFrom('a "b"', "x and y", "[1]", "back\\slash", "null", "true"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
  fc.boolean(),
  fc.constant(null),
);

/** Attribute paths, with and without URN and sub-attribute. */
export const attributePath: fc.Arbitrary<AttributePath> = fc.record({
  urn: fc.option(urn),
  attribute: name,
  subAttribute: fc.option(subName),
});

const plainPath = attributePath.map((path) => ({ ...path, subAttribute: null }));

function comparison(path: fc.Arbitrary<AttributePath>): fc.Arbitrary<FilterNode> {
  return fc.oneof(
    fc.record({ op: fc.constantFrom(...operators), path, value: filterLiteral }),
    fc.record({ op: fc.constant("present" as const), path }),
  );
}

function combined(leaf: fc.Arbitrary<FilterNode>): fc.Arbitrary<FilterNode> {
  const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.record({ op: fc.constantFrom("and" as const, "or" as const), left: tie("node"), right: tie("node") }),
      fc.record({ op: fc.constant("not" as const), filter: tie("node") }),
    ),
  }));
  return node;
}

const elementTest: fc.Arbitrary<ElementTest> = fc.oneof(
  fc.record({ op: fc.constant("present" as const), subAttribute: subName }),
  fc.record({ op: fc.constantFrom(...operators), subAttribute: subName, value: filterLiteral }),
);

const valuePath = fc.record({
  op: fc.constant("value-path" as const),
  path: plainPath,
  filter: combined(comparison(plainPath)),
  then: fc.option(elementTest, { nil: null }),
});

/** Filters of every shape that the grammar has, within the parser's limits. */
export const filterNode: fc.Arbitrary<FilterNode> = combined(
  fc.oneof({ weight: 3, arbitrary: comparison(attributePath) }, { weight: 1, arbitrary: valuePath }),
);

/** Words and signs that filters and paths are made of, in any order. */
export const filterSoup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "(",
        ")",
        "[",
        "]",
        '"',
        "\\",
        "and",
        "or",
        "not",
        "pr",
        "eq",
        "gt",
        ".value",
        "emails",
        "userName",
      ),
      fc.constantFrom('"x"', "null", "true", "1e9", "__proto__", "constructor", "urn:a:2.0:User:b", "a.b.c", "é", "\0"),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 14 },
  )
  .map((words) => words.join(" "));

/** Names that would reach an object's prototype, in the spellings that a path can hide them in. */
export const hostileName: fc.Arbitrary<string> = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "__proto__.polluted",
  "constructor.prototype",
  "name.__proto__",
  "emails.constructor",
  'emails[type eq "work"].__proto__',
  'emails[__proto__ eq "x"].value',
  "urn:ietf:params:scim:schemas:core:2.0:User:__proto__",
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.constructor",
  "urn:x:__proto__:polluted",
  "urn:x:User:constructor",
  "toString",
  "valueOf.x",
  "hasOwnProperty",
);

/** JSON whose keys are attribute names, hostile names and anything else. */
export const scimJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, "", "x", "True", true, false, 0, 1.5, "\0"),
    fc.string({ maxLength: 6 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(
          fc.oneof(
            fc.constantFrom("value", "type", "primary", "$ref", "name", "emails", "active", "manager", "id", "schemas"),
            fc.constantFrom(
              "urn:acme:2.0:User",
              "urn:ietf:params:scim:schemas:core:2.0:User",
              "userName",
              "externalId",
            ),
            hostileName,
            fc.string({ maxLength: 5 }),
          ),
          tie("value"),
        ),
        { maxLength: 5 },
      )
      // Text and back, because only JSON.parse makes an own property of the name __proto__.
      .map((entries) => entries.map(([key, nested]) => `${JSON.stringify(key)}:${JSON.stringify(nested)}`))
      .map((members) => JSON.parse(`{${members.join(",")}}`) as JsonValue),
  ),
})).value;
