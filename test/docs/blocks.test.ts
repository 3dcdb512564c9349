/** No sample gets into the pages that nothing checks: each block has a suite, which exists. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { suiteOf } from "./kinds.ts";
import { allPages, ROOT } from "./pages.ts";

for (const page of allPages()) {
  test(`${page.name}: every block is of a kind that some test checks`, (t) => {
    const unknown = page.blocks.filter((block) => suiteOf(page, block) === null);
    t.deepEqual(
      unknown.map(
        ({ line, language, use }) => `line ${line}: "${language} ${use}" is checked by nobody: see test/docs/kinds.ts`,
      ),
      [],
    );
    const suites = new Set(page.blocks.map((block) => suiteOf(page, block)));
    for (const suite of suites) t.true(existsSync(join(ROOT, suite ?? "")), suite ?? "");
  });

  test(`${page.name}: every fence is read as the begin or the end of a block`, (t) => {
    const fences = page.text.split("\n").filter((line) => /^\s*(?:```|~~~)/.test(line));
    t.is(fences.length, 2 * page.blocks.length);
    t.true(fences.every((line) => line.includes("```")));
  });
}

test("a block of a kind that nobody knows has no suite", (t) => {
  const block = { language: "powershell", use: "", text: "Get-Item", line: 1 };
  for (const { name } of allPages()) t.is(suiteOf({ name }, block), null, name);
  for (const language of ["", "json5"]) t.is(suiteOf({ name: "docs/new.md" }, { ...block, language }), null);
  t.is(suiteOf({ name: "docs/new.md" }, { ...block, language: "json", use: "anything" }), null);
});
