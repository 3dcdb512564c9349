import test from "ava";
import { printAttributePath } from "../../src/scim/attribute-path.ts";
import { filterPaths } from "../../src/scim/filter-paths.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";

for (const [filter, paths] of [
  ["title pr", ["title"]],
  ['userName eq "a" and not (name.givenName sw "b" or active eq true)', ["userName", "name.givenName", "active"]],
  ['emails[type eq "work" and value co "@"]', ["emails", "emails.type", "emails.value"]],
  ['emails[type eq "work"].display eq "x"', ["emails", "emails.type", "emails.display"]],
  ['urn:example:x:2.0:User:a.b eq "c"', ["urn:example:x:2.0:User:a.b"]],
] as const) {
  test(`${filter} asks about ${paths.join(", ")}`, (t) => {
    t.deepEqual(filterPaths(parseFilter(filter)).map(printAttributePath), [...paths]);
  });
}
