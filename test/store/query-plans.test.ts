import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { Knex } from "knex";
import type { AccountId } from "../../src/domain/account.ts";
import type { DirectoryGroupId, DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import type { CensusPage, CensusQuery } from "../../src/ports/census.ts";
import type { DirectoryReadTx } from "../../src/ports/directory-tx.ts";
import { createCensus } from "../../src/store/census.ts";
import { claimantsOf } from "../../src/store/claimants.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createDirectoryReader } from "../../src/store/directory-read.ts";
import { createEvidence } from "../../src/store/evidence.ts";
import { usersIn, usersNamed } from "../../src/store/group-write.ts";
import { createJournal } from "../../src/store/journal.ts";
import { createLinks } from "../../src/store/links.ts";
import { membersOfGroups } from "../../src/store/memberships.ts";
import { peersOf } from "../../src/store/peers.ts";
import { peopleById, peoplePages } from "../../src/store/people.ts";
import { findCandidates, spoolAccounts, spoolFacts } from "../../src/store/spool.ts";
import { createWakes } from "../../src/store/wakes.ts";
import { createWriteQueue } from "../../src/store/write-queue.ts";
import { NOW, aQuery, userId } from "../contracts/store-harness.ts";
import { aUser } from "../support/directory-builders.ts";
import { aFolder } from "../support/store-files.ts";

const ACME = "acme" as DirectoryId;
const id = "x" as DirectoryUserId;

/** The steps of SQLite's plans for the statements that `work` sends. */
async function plansOf(t: ExecutionContext, work: (db: Knex) => Promise<unknown>): Promise<readonly string[]> {
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
  const plans: string[] = [];
  for (const { sql, bindings } of statements) {
    const steps: { detail: string }[] = await db.raw(`explain query plan ${sql}`, bindings);
    plans.push(...steps.map(({ detail }) => detail));
  }
  return plans;
}

/** A step that reads a whole table or index; that of who waits for a seat has no other use. */
function isScan(step: string): boolean {
  return /^SCAN (?!waiting|json_each|CONSTANT|changes|\(sub|\S+ VIRTUAL TABLE)/.test(step);
}

async function* none(): AsyncGenerator<never[]> {
  yield [];
}

const reader = (db: Knex): DirectoryReadTx => createDirectoryReader(() => db, ACME, "fresh");
const sort = { path: { urn: null, attribute: "displayName", subAttribute: null }, descending: false };

const CASES: Readonly<Record<string, (db: Knex) => Promise<unknown>>> = {
  "one user by id": (db) => reader(db).user(id),
  "one user by externalId": (db) => reader(db).userByExternalId("x"),
  "a tombstone by externalId": (db) => reader(db).tombstoneOf("x"),
  "a version": (db) => reader(db).versionOf(id),
  "a user with their groups": (db) => reader(db).person(id),
  "the groups of a user": (db) => reader(db).groupsOf(aUser()),
  ...Object.fromEntries(
    [
      'userName eq "x"',
      'externalId eq "x"',
      'id eq "x"',
      'emails.value eq "x"',
      'emails.value sw "x"',
      'emails[type eq "work"].value eq "x"',
      'userName eq "x" or emails.value eq "y"',
      'groups.value eq "x"',
    ].map((filter) => [
      `users where ${filter}`,
      (db: Knex) => reader(db).people(aQuery({ filter, withMemberships: true })),
    ]),
  ),
  "a page of everybody": (db) => reader(db).people(aQuery({ withMemberships: true })),
  "everybody by displayName": (db) => reader(db).people(aQuery({ sort })),
  ...Object.fromEntries(
    [
      'displayName eq "x"',
      'externalId eq "x"',
      'members.value eq "x"',
      'members[value eq "x"]',
      'members.value co "x"',
    ].map((filter) => [
      `groups where ${filter}`,
      (db: Knex) => reader(db).groups(aQuery({ filter, withMemberships: true })),
    ]),
  ),
  "a page of groups": (db) => reader(db).groups(aQuery({ withMemberships: true })),
  "the members of a group": (db) => membersOfGroups(db, ACME, [1]),
  "whom members name": (db) => usersNamed(db, ACME, ["x"]),
  "who is in a group": (db) => usersIn(db, ACME, "x" as DirectoryGroupId),
  "a page of people": async (db) => Array.fromAsync(peoplePages(db)),
  colleagues: (db) => peersOf(db, "x", "x" as AccountId, 1),
  "people by id": (db) => peopleById(db, [id]),
  candidates: async (db) =>
    findCandidates(db, [{ user: id, marker: "x", account: null, externalId: "x", email: "x" }], {
      anyMarker: true,
      anyExternalId: true,
    }),
  "what is spooled": (db) => spoolFacts(db),
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
  "how many links there are": (db) =>
    createLinks(
      db,
      createWriteQueue(db, async () => undefined),
    ).count(),
  "whose next attempt is due": (db) =>
    createWakes(
      db,
      createWriteQueue(db, async () => undefined),
    ).dueFailures(NOW),
  "the failure of somebody": (db) =>
    createWakes(
      db,
      createWriteQueue(db, async () => undefined),
    ).failures([id]),
  "the journal of a person": (db) =>
    createJournal(
      db,
      createWriteQueue(db, async () => undefined),
    ).entries(userId("x")),
  "the journal of a run": (db) =>
    Array.fromAsync(
      createJournal(
        db,
        createWriteQueue(db, async () => undefined),
      ).entriesOf("x"),
    ),
  "a run by its id": (db) =>
    createJournal(
      db,
      createWriteQueue(db, async () => undefined),
    ).findRuns("x", 5),
  "names of people": (db) =>
    createEvidence(
      db,
      createWriteQueue(db, async () => undefined),
    ).namesOf([id]),
  "what is spent": (db) =>
    createJournal(
      db,
      createWriteQueue(db, async () => undefined),
    ).spentSince(0),
};

for (const [title, work] of Object.entries(CASES)) {
  test(`no table is read whole for ${title}`, async (t) => {
    const scans = (await plansOf(t, work)).filter(isScan);
    // Wake-ups in their order are read from the start, as far as the limit goes.
    t.deepEqual(
      scans.filter((scan) => scan !== "SCAN lives" && scan !== "SCAN wakes USING INDEX wakes_order"),
      [],
    );
  });
}

/** Steps that may go through everybody in a directory, and those through everybody in a group. */
const EVERYBODY =
  /users_live_order \(directory=\?\)|users_live_modified \(directory=\?\)|groups_order \(directory=\?\)/;

const BY_INDEX: Readonly<Record<string, readonly [RegExp, (db: Knex) => Promise<unknown>]>> = {
  'users where userName eq "x"': [
    /users_live_user_name \(user_name_key=\? AND directory=\?\)/,
    asking('userName eq "x"'),
  ],
  'users where externalId eq "x"': [/users_live_external_id \(external_id=\?/, asking('externalId eq "x"')],
  'users where emails.value eq "x"': [/user_emails_email \(email_key=\?\)/, asking('emails.value eq "x"')],
  'users where displayName eq "x"': [
    /users_live_display_name \(directory=\? AND display_name_key=\?/,
    asking('displayName eq "x"'),
  ],
  'users where displayName sw "x"': [/display_name_key>\? AND display_name_key<\?/, asking('displayName sw "x"')],
  "users who changed": [
    /users_live_modified \(directory=\? AND last_modified>\?/,
    asking('meta.lastModified gt "2026-01-01T00:00:00Z"'),
  ],
  'groups where displayName eq "x"': [
    /groups_display_name \(directory=\? AND display_name_key=\?/,
    (db) => reader(db).groups(aQuery({ filter: 'displayName eq "x"' })),
  ],
  'groups where members.value eq "x"': [
    /memberships_of_member \(member_value=\?\)/,
    (db) => reader(db).groups(aQuery({ filter: 'members.value eq "x"' })),
  ],
  "the groups of a user": [/SEARCH m USING INDEX memberships_of_member/, (db) => reader(db).groupsOf(aUser())],
  "whom members name": [/SEARCH own USING INDEX users_id_unique \(id=\?\)/, (db) => usersNamed(db, ACME, ["x"])],
  'people of all directories where userName eq "x"': [
    /users_live_user_name \(user_name_key=\?\)/,
    (db) => census(db, { filter: parseFilter('userName eq "x"') }),
  ],
  'people of all directories where externalId eq "x"': [
    /users_gone_external_id \(external_id=\?\)/,
    (db) => census(db, { filter: parseFilter('externalId eq "x"') }),
  ],
  "people of whom something is held": [/SEARCH held USING INDEX held_of_user/, (db) => census(db, { state: "held" })],
  "who is in a group": [/SEARCH own USING INDEX users_id_unique/, (db) => usersIn(db, ACME, "x" as DirectoryGroupId)],
};

function census(db: Knex, parts: Partial<CensusQuery>): Promise<CensusPage> {
  const everybody = { directory: null, text: null, filter: null, state: null, after: null, limit: 10 };
  return createCensus(db).page({ ...everybody, ...parts });
}

function asking(filter: string): (db: Knex) => Promise<unknown> {
  return (db) => reader(db).people(aQuery({ filter }));
}

for (const [title, [index, work]] of Object.entries(BY_INDEX)) {
  test(`an index leads to ${title}`, async (t) => {
    const steps = await plansOf(t, work);
    t.true(
      steps.some((step) => index.test(step)),
      steps.join("\n"),
    );
    t.deepEqual(
      steps.filter((step) => isScan(step) || EVERYBODY.test(step)),
      [],
    );
  });
}
