/** The conformance checklist as a whole: no row without its test, and none with two. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const ROWS = 50;

test(`each of the ${ROWS} rows of the checklist has one test, whose title begins with its number`, (t) => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^checklist-.*\.test\.ts$/.test(name));
  const sources = files.map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));
  const titles = sources.flatMap((source) => [...source.matchAll(/^test\(\s*"(.*)"/gm)].map(([, title = ""]) => title));
  const numbers = titles.map((title) => Number(/^(\d+) · /.exec(title)?.[1]));
  t.deepEqual(
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  );
});
