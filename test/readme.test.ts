import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const root = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const BUILT_IN = new Set(["ci", "install", "run"]);

/** Names of the npm scripts that a page tells its reader to run. */
function scriptsNamedIn(page: string): readonly string[] {
  const text = readFileSync(join(root, page), "utf8");
  const named = [...text.matchAll(/\bnpm (?:run(?: --silent| -s)? )?([a-z][\w:-]*)/g)].map(([, name]) => name ?? "");
  return named.filter((name) => !BUILT_IN.has(name));
}

test("the README tells how to install and test", (t) => {
  t.regex(readFileSync(join(root, "README.md"), "utf8"), /npm ci && npm test/);
});

for (const page of ["README.md", ...globSync("docs/**/*.md", { cwd: root })]) {
  test(`every npm script that ${page} names exists`, (t) => {
    t.deepEqual(
      scriptsNamedIn(page).filter((name) => !Object.hasOwn(scripts, name)),
      [],
    );
  });
}
