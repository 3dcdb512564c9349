import { join } from "node:path";
import test from "ava";
import { openDatabase } from "../../src/store/database.ts";
import { aFolder } from "../support/store-files.ts";

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
