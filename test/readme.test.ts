import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

test("the README tells how to install and test", (t) => {
  t.regex(readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8"), /npm ci && npm test/);
});
