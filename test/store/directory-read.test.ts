import { join } from "node:path";
import test from "ava";
import { TooManyError } from "../../src/domain/errors.ts";
import { parseSortBy } from "../../src/scim/sort-key.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createDirectoryReader } from "../../src/store/directory-read.ts";
import { ACME, NOW, OTHER, aQuery, stage } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";
import { aGroup } from "../support/store-groups.ts";

test("more resources than may be sorted are refused, unless a column has their order or a filter leaves few", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  await stage(store, ...["a", "b", "c"].map((title) => aUser({ resource: { title } })), aUser({ directory: "other" }));
  const database = await openDatabase("sqlite3", filename);
  t.teardown(() => database.close());
  const total = async (sortBy: string, maxSorted: number, filter?: string): Promise<number> => {
    const reader = createDirectoryReader(() => database.reader, ACME, "fresh", maxSorted);
    const sort = { path: parseSortBy(sortBy, null), descending: false };
    return (await reader.people(aQuery({ sort, ...(filter !== undefined && { filter }) }))).total;
  };
  t.is(await total("title", 3), 3);
  await t.throwsAsync(total("title", 2), { instanceOf: TooManyError, message: /More than 2 resources match.*filter/ });
  await t.throwsAsync(total("userName", 2, 'title ge "a"'), { instanceOf: TooManyError });
  t.is(await total("userName", 2), 3);
  t.is(await total("title", 2, 'title ge "b"'), 2);
});

test("the revision of a directory grows with what changes a group, and with nothing else", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  const group = aGroup();
  const member = { value: "ana" };
  const database = await openDatabase("sqlite3", filename);
  t.teardown(() => database.close());
  const revisions = async (): Promise<readonly string[]> => {
    const rows = await database.reader("directories").orderBy("id").select<{ id: string; revision: number }[]>();
    return rows.map(({ id, revision }) => `${id} ${revision}`);
  };
  const change = (base: "stored" | "none", put: readonly (typeof member)[]): Promise<unknown> =>
    store.write(ACME, (tx) => tx.changeMembers(group.id, { base, put, drop: [] }));
  await stage(store, aUser({ id: "ana" }), aUser({ directory: OTHER }));
  t.deepEqual(await revisions(), ["acme 1", "other 1"]);
  await store.write(ACME, (tx) => tx.putGroup(group, null));
  await change("stored", [member]);
  t.deepEqual(await revisions(), ["acme 3", "other 1"]);
  await change("stored", [member]);
  await change("none", [member]);
  await store.write(ACME, (tx) => tx.wakeMembersOf(group.id, "changed", NOW));
  t.deepEqual(await revisions(), ["acme 3", "other 1"], "nothing changed");
  await change("none", []);
  await store.write(ACME, (tx) => tx.removeGroup(group.id, NOW));
  t.deepEqual(await revisions(), ["acme 5", "other 1"]);
});
