import { join } from "node:path";
import test from "ava";
import type { CensusQuery } from "../../src/ports/census.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { createCensus } from "../../src/store/census.ts";
import { openDatabase } from "../../src/store/database.ts";
import { stage } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";

const NOBODY: CensusQuery = {
  directory: null,
  text: null,
  filter: parseFilter('nickName eq "x"'),
  state: null,
  after: null,
  limit: 10,
};

test("a filter that has to be asked of each person is asked of so many for one page, and goes on behind them", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  await stage(store, ...ids.map((id) => aUser({ id, ...(id === "g" && { resource: { nickName: "x" } }) })));
  const database = await openDatabase("sqlite3", filename);
  t.teardown(() => database.close());
  const reader = database.openPrivate();
  t.teardown(() => reader.destroy());
  const census = createCensus(reader, { items: 4, perReading: 2 });

  const first = await census.page(NOBODY);
  t.deepEqual(first.items, []);
  t.not(first.next, null, "nobody was found among the first four, but there are more");
  const second = await census.page({ ...NOBODY, after: first.next });
  t.deepEqual(
    second.items.map(({ person }) => person.user.id),
    ["g"],
  );
  t.is(second.next, null);
  const wide = await census.page({ ...NOBODY, filter: parseFilter('userName co "@"'), limit: 7 });
  t.is(wide.items.length, 7, "what columns answer is not asked of each");
});
