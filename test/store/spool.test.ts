import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import type { ObservedAccount } from "../../src/domain/account.ts";
import { markOf } from "../../src/domain/marker.ts";
import type { PersonRecord, CandidateKey } from "../../src/ports/workspace.ts";
import { openDatabase } from "../../src/store/database.ts";
import { putLinks } from "../../src/store/links.ts";
import { peoplePages } from "../../src/store/people.ts";
import { findCandidates, spoolAccounts, spoolFacts } from "../../src/store/spool.ts";
import { insertUsers } from "../../src/store/user-statements.ts";
import { aLink, anAccount, NOW } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder } from "../support/store-files.ts";

const PEOPLE = 5;
const who = fc.integer({ min: 0, max: PEOPLE - 1 });
const maybe = fc.option(who, { nil: null });

/** Few accounts of few people, so that they share markers, external ids and addresses. */
const accounts = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 7 }),
    marker: maybe,
    externalId: maybe,
    email: who,
    isUpper: fc.boolean(),
  }),
  { maxLength: 8 },
);

test("what is known of an account is what a search would find", async (t) => {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const db = database.openPrivate();
  t.teardown(() => db.destroy());
  const users = Array.from({ length: PEOPLE }, (_, index) =>
    aUser({ externalId: `x${index}`, userName: `p${index}@acme.example` }),
  );
  await insertUsers(db, users);
  await putLinks(
    db,
    users.slice(1).map((user, index) => aLink(user, `m-${index}`)),
  );
  await db("users")
    .where({ id: users.at(-1)!.id })
    .update({ deleted_at: NOW });
  const toAccount = (one: {
    id: number;
    marker: number | null;
    externalId: number | null;
    email: number;
    isUpper: boolean;
  }): ObservedAccount => {
    const email = `p${one.email}@acme.example`;
    return anAccount(`m-${one.id}`, one.isUpper ? email.toUpperCase() : email, {
      ...(one.marker === null
        ? {}
        : { marker: markOf({ directory: users[one.marker]!.directory, user: users[one.marker]!.id }) }),
      ...(one.externalId === null ? {} : { externalId: `x${one.externalId}` }),
    });
  };
  const toKey = ({ person: { user }, link, account }: PersonRecord, email: number): CandidateKey => ({
    user: user.id,
    account: link?.account ?? null,
    marker: markOf({ directory: user.directory, user: user.id }),
    externalId: user.externalId ?? null,
    email: `p${email}@acme.example`,
    known: account,
  });
  let known = 0;
  await fc.assert(
    fc.asyncProperty(accounts, fc.array(who, { minLength: PEOPLE, maxLength: PEOPLE }), async (spooled, emails) => {
      await spoolAccounts(db, onePage(spooled.map(toAccount)));
      const facts = await spoolFacts(db);
      const people = (await Array.fromAsync(peoplePages(db))).flat();
      const keys = people.map((record, index) => toKey(record, emails[index] ?? index));
      known += keys.filter((key) => key.known?.alone === true).length;
      const everything = { anyMarker: true, anyExternalId: true };
      const searched = await findCandidates(
        db,
        keys.map((key) => ({ ...key, known: undefined })),
        everything,
      );
      t.deepEqual(await findCandidates(db, keys, facts), searched);
    }),
    { numRuns: 150 },
  );
  t.true(known > 20, "some accounts were known and alone");
});

async function* onePage<T>(page: T): AsyncGenerator<T> {
  yield page;
}
