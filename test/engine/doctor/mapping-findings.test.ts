import test from "ava";
import type { JsonObject } from "../../../src/domain/json.ts";
import { mappingFindings } from "../../../src/engine/doctor/mapping-findings.ts";
import { parseMapping } from "../../../src/mapping/rules.ts";

const sales = { groups: { rules: [{ attribute: "department", values: { Sales: "Sales" } }] } };
const support = { groups: { rules: [{ attribute: "department", values: { Support: "Support" } }] } };
const managers = { groups: { rules: [{ when: 'title co "Manager"', group: "Managers" }] } };

const cases: readonly (readonly [title: string, initial: JsonObject, current: JsonObject, told: boolean])[] = [
  ["untouched since the first version", sales, support, false],
  ["edited to what is in force by now", support, support, false],
  ["taken out of the configuration", {}, support, false],
  ["edited since the first version", managers, support, true],
  ["edited since, while nobody else edited the mapping", managers, sales, true],
];

for (const [title, initial, current, isTold] of cases) {
  test(`the mapping of the configuration: ${title}`, (t) => {
    const saved = { first: { document: sales }, current: { document: current, version: 4 } };
    const [finding, ...others] = mappingFindings(parseMapping(initial), saved);
    t.deepEqual(others, []);
    t.is(finding !== undefined, isTold);
    if (finding === undefined) return;
    t.is(finding.verdict, "warning");
    t.regex(finding.detail, /^mapping\.initial was edited .* has no effect: the mapping in force is v4/);
    t.regex(finding.remedy ?? "", /rosterbridge mapping set FILE --reason "…"/);
  });
}
