/** Rules of a mapping, named so that a person knows which one is meant. */
import test from "ava";
import type { JsonObject } from "../../../src/domain/json.ts";
import { nameRules } from "../../../src/engine/mapping/rule-words.ts";

const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const LONG = Array.from({ length: 12 }, (_, index) => `title eq "Pilot ${index}"`).join(" or ");

/** The name of the only rule of a mapping. */
const nameOf = (rule: JsonObject): string | undefined =>
  nameRules({ groups: { rules: [rule] } }, ["groups.rules[0]"])[0];

for (const [title, rule, says] of [
  [
    "a table of values, by its attribute and groups",
    { attribute: DEPARTMENT, values: { S: "Sales" } },
    "department → Sales",
  ],
  [
    "a table that leads to many groups, by the first of them, each once",
    { attribute: "name.givenName", values: { a: ["A", "B"], b: "A", c: "C", d: "D" }, unmapped: { group: "Rest" } },
    "name.givenName → A, B, C and 2 more",
  ],
  ["a table for everything else", { attribute: "title", values: {}, unmapped: { group: "Rest" } }, "title → Rest"],
  ["a table that only looks", { attribute: "title", values: {} }, "title → no group"],
  ["a condition", { when: 'title eq "Pilot"', group: "Pilots" }, 'when title eq "Pilot" → Pilots'],
  ["a long condition, by its beginning", { when: LONG, group: ["P", "Q"] }, `when ${LONG.slice(0, 80)}… → P, Q`],
  ["a directory group", { directoryGroup: "Tier 1", group: "Support" }, 'directoryGroup "Tier 1" → Support'],
] as const satisfies readonly (readonly [string, JsonObject, string])[]) {
  test(title, (t) => {
    t.is(nameOf(rule), `groups.rules[0] (${says})`);
  });
}

test("only the rules that are asked for are named, in that order; a place that is not there stays as it is", (t) => {
  const rules = ["A", "B", "C"].map((group) => ({ when: "active eq true", group }));
  t.deepEqual(nameRules({ groups: { rules } }, ["groups.rules[2]", "groups.rules[0]", "groups.rules[3]"]), [
    "groups.rules[2] (when active eq true → C)",
    "groups.rules[0] (when active eq true → A)",
    "groups.rules[3]",
  ]);
  t.deepEqual(nameRules({}, []), []);
});
