import { join } from "node:path";
import test from "ava";
import { openDatabase } from "../../src/store/database.ts";
import { peopleById } from "../../src/store/people.ts";
import { ACME, userId } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { aFolder, openStoreAt } from "../support/store-files.ts";

test("a connection forgets the statements it has not used for long, and runs them again all the same", async (t) => {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const numbers = Array.from({ length: 600 }, (_, index) => index);
  for (const round of [1, 2]) {
    const rows = await Promise.all(numbers.map((n) => database.writer.raw(`select ${n} as n, ? as round`, [round])));
    t.deepEqual(
      rows.map(([row]) => row),
      numbers.map((n) => ({ n, round })),
    );
  }
  await t.throwsAsync(Promise.resolve(database.writer.raw("select a from nowhere")), {
    message: /no such table/,
  });
});

test("people have the groups of their own directory, by name, and members that are nobody yet do no harm", async (t) => {
  const filename = join(await aFolder(t), "bridge.db");
  const store = await openStoreAt(t, filename);
  await store.write(ACME, (tx) => tx.putUser(aUser({ id: "ana" }), null));
  const group = (id: string, directory: string, displayName: string): string =>
    `insert into groups (id, directory, display_name, display_name_key, version, created, last_modified, resource)
     values ('${id}', '${directory}', '${displayName}', '${displayName.toLowerCase()}', 1, '', '', '{}')`;
  const member = (id: string, value: string): string => `insert into memberships values ('${id}', '${value}')`;
  await rawSqlite(
    filename,
    ...[group("g1", "acme", "Support"), group("g2", "acme", "Sales"), group("g3", "other", "Foreign")],
    ...["g1", "g2", "g3"].map((id) => member(id, "ana")),
    member("g1", "not-pushed-yet"),
  );
  const database = await openDatabase("sqlite3", filename);
  t.teardown(() => database.close());
  const [ana] = await peopleById(database.reader, [userId("ana")]);
  t.deepEqual(
    ana?.person.groups.map(({ id, displayName }) => `${id} ${displayName}`),
    ["g2 Sales", "g1 Support"],
  );
});
