import test from "ava";
import { capabilityTable, readCapabilityPage, withCapabilityTable } from "../build/capability-table.ts";
import { connectorKinds } from "../src/runtime/connectors.ts";
import { shippedRecipes } from "../src/runtime/recipes.ts";

test("the capability table of the README is fresh: otherwise run npm run capabilities", (t) => {
  const page = readCapabilityPage();
  t.is(page, withCapabilityTable(page, capabilityTable()));
});

test("every connector and every recipe that is shipped has a row, each with all columns", (t) => {
  const lines = capabilityTable().split("\n");
  for (const { options } of connectorKinds) {
    const name = options.shape.connector.value;
    t.true(
      lines.some((line) => line.includes(`\`${name}\``)),
      name,
    );
  }
  for (const recipe of shippedRecipes())
    t.true(
      lines.some((line) => line.includes(`, \`${recipe}\` `)),
      recipe,
    );
  t.deepEqual([...new Set(lines.map((line) => line.split("|").length))].length, 1);
});

test("a page without marks gets no table", (t) => {
  t.throws(() => withCapabilityTable("# Rosterbridge\n", "| a |"), { message: /no marks/ });
});
