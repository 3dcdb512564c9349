import test from "ava";
import { parseMapping } from "../../src/mapping/rules.ts";
import { rulesOfGroups } from "../../src/mapping/rules-of-groups.ts";

const rulesIn = (...rules: readonly object[]): object =>
  Object.fromEntries(rulesOfGroups(parseMapping({ groups: { rules } })));

test("each group is told with the rules that put people there", (t) => {
  t.deepEqual(rulesIn(), {});
  t.deepEqual(
    rulesIn(
      {
        attribute: "title",
        values: { Seller: "Sales", Lead: ["Sales", "Leads", "Leads"] },
        unmapped: { group: "Rest" },
      },
      { when: 'title co "Manager"', group: ["Leads", "Managers"] },
      { directoryGroup: 'Tier "1"', group: "Sales" },
      { attribute: "name.givenName", values: { Ana: "Rest" }, unmapped: { group: "Rest" } },
      { attribute: "userType", values: {}, unmapped: "ignore" },
    ),
    {
      Sales: ['groups.rules[0]: title "Seller", "Lead"', 'groups.rules[2]: member of "Tier \\"1\\""'],
      Leads: ['groups.rules[0]: title "Lead"', 'groups.rules[1]: title co "Manager"'],
      Rest: ["groups.rules[0]: title any other value", 'groups.rules[3]: name.givenName "Ana", any other value'],
      Managers: ['groups.rules[1]: title co "Manager"'],
    },
  );
});

test("of a long table of values the first are named", (t) => {
  const values = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`v${index}`, "All"]));
  t.deepEqual(rulesIn({ attribute: "title", values }), {
    All: ['groups.rules[0]: title "v0", "v1", "v2", "v3", "v4", 2 more'],
  });
});
