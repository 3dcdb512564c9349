import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { Knex } from "knex";
import type { DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { claimantsOf } from "../../src/store/claimants.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createDirectoryReader } from "../../src/store/directory-read.ts";
import { createEvidence } from "../../src/store/evidence.ts";
import { createJournal } from "../../src/store/journal.ts";
import { peopleById, peoplePages } from "../../src/store/people.ts";
import { findCandidates, spoolAccounts } from "../../src/store/spool.ts";
import { createWakes } from "../../src/store/wakes.ts";
import { createWriteQueue } from "../../src/store/write-queue.ts";
import { NOW, userId } from "../contracts/store-harness.ts";
import { aFolder } from "../support/store-files.ts";

const ACME = "acme" as DirectoryId;
const id = "x" as DirectoryUserId;

/** Steps of SQLite's plans that read a whole table or index, for the statements that `work` sends. */
async function scansOf(t: ExecutionContext, work: (db: Knex) => Promise<unknown>): Promise<readonly string[]> {
  const database = await openDatabase("sqlite3", join(await aFolder(t), "bridge.db"));
  t.teardown(() => database.close());
  const db = database.openPrivate();
  t.teardown(() => db.destroy());
  await spoolAccounts(db, none());
  const sent: { sql: string; bindings: readonly Knex.Value[] }[] = [];
  db.on("query", (query: { sql: string; bindings: readonly Knex.Value[] }) => sent.push(query));
  await work(db);
  const statements = sent.splice(0).filter(({ sql }) => /^select/i.test(sql));
  t.true(statements.length > 0);
  const scans: string[] = [];
  for (const { sql, bindings } of statements) {
    const steps: { detail: string }[] = await db.raw(`explain query plan ${sql}`, bindings);
    scans.push(
      ...steps
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN (?!json_each|CONSTANT|changes|\(sub)/.test(detail)),
    );
  }
  return scans;
}

async function* none(): AsyncGenerator<never[]> {
  yield [];
}

const CASES: Readonly<Record<string, (db: Knex) => Promise<unknown>>> = {
  "one user by id": (db) => createDirectoryReader(() => db, ACME, "fresh").user(id),
  "one user by externalId": (db) => createDirectoryReader(() => db, ACME, "fresh").userByExternalId("x"),
  "a tombstone by externalId": (db) => createDirectoryReader(() => db, ACME, "fresh").tombstoneOf("x"),
  "a version": (db) => createDirectoryReader(() => db, ACME, "fresh").versionOf(id),
  ...Object.fromEntries(
    [
      'userName eq "x"',
      'externalId eq "x"',
      'id eq "x"',
      'emails.value eq "x"',
      'emails[type eq "work"].value eq "x"',
      'userName eq "x" or emails.value eq "y"',
    ].map((filter) => [
      `users where ${filter}`,
      (db: Knex) =>
        createDirectoryReader(() => db, ACME, "fresh").users({ filter: parseFilter(filter), offset: 0, limit: 100 }),
    ]),
  ),
  "a page of everybody": (db) =>
    createDirectoryReader(() => db, ACME, "fresh").users({ filter: null, offset: 0, limit: 100 }),
  "a page of people": async (db) => Array.fromAsync(peoplePages(db)),
  "people by id": (db) => peopleById(db, [id]),
  candidates: (db) => findCandidates(db, [{ user: id, account: null, externalId: "x", email: "x" }]),
  claimants: (db) => claimantsOf(db, ["x"]),
  "people by anything": (db) =>
    createEvidence(
      db,
      createWriteQueue(db, async () => undefined),
    ).findPeople("x"),
  "who is due": (db) =>
    createWakes(
      db,
      createWriteQueue(db, async () => undefined),
    ).due(NOW, 10),
  "the journal of a person": (db) =>
    createJournal(
      db,
      createWriteQueue(db, async () => undefined),
    ).entries(userId("x")),
  "what is spent": (db) =>
    createJournal(
      db,
      createWriteQueue(db, async () => undefined),
    ).spentSince(NOW),
};

for (const [title, work] of Object.entries(CASES)) {
  test(`no table is read whole for ${title}`, async (t) => {
    const scans = await scansOf(t, work);
    // Wake-ups in their order are read from the start, as far as the limit goes.
    t.deepEqual(
      scans.filter((scan) => scan !== "SCAN wakes USING INDEX wakes_order"),
      [],
    );
  });
}
