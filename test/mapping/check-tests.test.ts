import test from "ava";
import { failingTests } from "../../src/mapping/check-tests.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { parseMapping } from "../../src/mapping/rules.ts";

const rules = [
  { when: 'title co "Manager"', group: ["Managers", "All"] },
  { directoryGroup: "Support", group: "Support" },
];
function failing(...tests: readonly unknown[]) {
  return failingTests(compileMapping(parseMapping({ groups: { rules }, tests }), 1));
}

test("tests that hold are not reported", (t) => {
  t.deepEqual(
    failing(
      { given: { userName: "x", title: "Sales Manager" }, groups: ["Managers", "All", "All"], seat: "standard" },
      { given: { userName: "x" }, directoryGroups: ["Support"], groups: ["Support"] },
      { given: { active: false, title: "Manager" }, groups: [], seat: null },
      { given: { TITLE: "Manager", externalId: "1" }, groups: ["All", "Managers"] },
    ),
    [],
  );
});

test("a test that fails is reported with what came of it, and only what it asks", (t) => {
  const holds = { given: {}, seat: "standard" };
  t.deepEqual(
    failing(holds, { given: { title: "Manager" }, groups: ["Managers"] }, { given: {}, groups: [], seat: null }),
    [
      {
        index: 1,
        given: { title: "Manager" },
        directoryGroups: [],
        expected: { groups: ["Managers"] },
        actual: { groups: ["All", "Managers"] },
      },
      {
        index: 2,
        given: {},
        directoryGroups: [],
        expected: { groups: [], seat: null },
        actual: { groups: [], seat: "standard" },
      },
    ],
  );
});
