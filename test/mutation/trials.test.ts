import { readFile } from "node:fs/promises";
import { existsSync, globSync } from "node:fs";
import test from "ava";
import { ENGINE_SUITES, suitesFor } from "./suites.ts";
import { createTrials } from "./trials.ts";

const FILE = "src/planning/email.ts";
const SUITE = "test/planning/email.test.ts";
const original = await readFile(FILE, "utf8");
const faulty = original.replace('domains.includes("*") ||', 'domains.includes("*") &&');

test("a fault is found by the tests of its file, by others, by loading it, by waiting, or not at all", async (t) => {
  t.not(faulty, original);
  const trials = createTrials(10_000);
  t.teardown(trials.end);
  const tried = async (source: string, own: readonly string[], others: readonly string[]) =>
    trials.try({ file: FILE, source, own, others });
  t.is(await tried(original, [SUITE], []), null);
  t.is(await tried(faulty, [SUITE], []), "own");
  t.is(await tried(faulty, [], [SUITE]), "planning");
  t.is(await tried(`${original}}`, [SUITE], []), "node");
  t.is(await tried(`${original}\nfor (;;);`, [SUITE], []), "endless");
  t.is(await tried(original, [SUITE], []), null, "after an endless loop it goes on");
});

test("the suites of the engine that are run over a fault are there", (t) => {
  t.deepEqual(
    ENGINE_SUITES.filter((suite) => !existsSync(suite)),
    [],
  );
});

test("every file of the planner has tests that know it best, and no test is left out", (t) => {
  const all = globSync("test/planning/*.test.ts").sort();
  for (const file of globSync("src/planning/*.ts")) {
    const { own, others } = suitesFor(file);
    t.deepEqual([...own, ...others].sort(), all, file);
    if (!/\/(?:context|draft|hold-words|plan-style)\.ts$/.test(file)) t.true(own.length > 0, file);
  }
});
