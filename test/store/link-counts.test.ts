import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import type { Knex } from "knex";
import type { AccountId } from "../../src/domain/account.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createLinks, putLinks } from "../../src/store/links.ts";
import { createWriteQueue } from "../../src/store/write-queue.ts";
import { aLink, NOW } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder } from "../support/store-files.ts";
import { insertUsers } from "../../src/store/user-statements.ts";

const PEOPLE = 6;

/** Something that may happen to links, by whatever statement. */
type Step =
  | { readonly kind: "put"; readonly user: number; readonly account: number; readonly offboarded: boolean }
  | { readonly kind: "update"; readonly user: number; readonly offboarded: boolean }
  | { readonly kind: "delete"; readonly user: number };
/** What is done in one transaction, and whether it is committed or, as after a kill, rolled back. */
interface Transaction {
  readonly steps: readonly Step[];
  readonly commits: boolean;
}

const who = fc.integer({ min: 0, max: PEOPLE - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), user: who, account: who, offboarded: fc.boolean() }),
  fc.record({ kind: fc.constant("update" as const), user: who, offboarded: fc.boolean() }),
  fc.record({ kind: fc.constant("delete" as const), user: who }),
);
const history: fc.Arbitrary<readonly Transaction[]> = fc.array(
  fc.record({ steps: fc.array(step, { maxLength: 6 }), commits: fc.boolean() }),
  { maxLength: 8 },
);

test("links are counted as they are, whatever is done to them and whatever is lost", async (t) => {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const db = database.writer;
  const users = Array.from({ length: PEOPLE }, () => aUser());
  await insertUsers(db, users);
  // Everybody is gone, so that an account may go from anybody to anybody.
  await db("users").update({ deleted_at: NOW });
  const links = createLinks(
    db,
    createWriteQueue(db, async () => undefined),
  );
  const take = async (trx: Knex, one: Step): Promise<unknown> => {
    const user = users[one.user]!;
    if (one.kind === "delete") return trx("links").where({ user_id: user.id }).delete();
    const offboardedAt = one.offboarded ? NOW : null;
    if (one.kind === "update") return trx("links").where({ user_id: user.id }).update({ offboarded_at: offboardedAt });
    return putLinks(trx, [aLink(user, `m-${one.account}` as AccountId, { offboardedAt })]);
  };
  let most = 0;
  await fc.assert(
    fc.asyncProperty(history, async (transactions) => {
      await db("links").delete();
      for (const { steps, commits } of transactions) {
        const trx = await db.transaction();
        for (const one of steps) await take(trx, one);
        await (commits ? trx.commit() : trx.rollback());
        const all = await db("links").select<{ offboarded_at: string | null }[]>("offboarded_at");
        const active = all.filter(({ offboarded_at }) => offboarded_at === null).length;
        t.deepEqual(await links.count(), { all: all.length, active });
        most = Math.max(most, all.length);
      }
    }),
    { numRuns: 60 },
  );
  t.true(most > 2, "histories made links");
});
