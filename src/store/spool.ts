import type { Knex } from "knex";
import type { AccountId, Candidate, ObservedAccount } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { emailKey } from "../domain/email-key.ts";
import type { CandidateKey } from "../ports/workspace.ts";
import { ahead } from "./ahead.ts";
import { insertRows, rowsFor, whereOneOf, type Cell } from "./dialect.ts";
import { sql } from "./sql.ts";

// The observation of one run, in temporary tables of its own connection: what the product showed, by what it is found.

const COLUMNS = ["account_id", "marker", "external_id", "email_key", "active", "account"] as const;
/** By what accounts are found beside their id. More than one may have the same. */
const SEARCHED = ["marker", "external_id", "email_key"] as const;

/** What a spooled observation comes to. */
export interface Spooled {
  readonly accounts: number;
  /** An id that came more than once; only its first account is kept. */
  readonly duplicateId: string | null;
}

/** What is true of all accounts in a spool: what none of them has need not be searched. */
export interface SpoolFacts {
  readonly anyMarker: boolean;
  readonly anyExternalId: boolean;
}

/** Makes the spool of a connection, empty, unless it is there. */
export async function makeSpool(db: Knex): Promise<void> {
  await db.raw(
    "create temporary table if not exists observed (item integer primary key, account_id text, marker text, external_id text, email_key text, active integer, shared integer not null default 0, account text)",
  );
}

/** Replaces the spooled accounts. What came before an error of `pages` can be read; the error is passed on. */
export async function spoolAccounts(db: Knex, pages: AsyncIterable<readonly ObservedAccount[]>): Promise<Spooled> {
  await db.raw("drop table if exists temp.observed");
  await makeSpool(db);
  let accounts = 0;
  let duplicateId: string | null = null;
  try {
    for await (const rows of ahead(cellsOf(pages))) {
      accounts += rows.length;
      await insertRows(db, "observed", COLUMNS, rows);
    }
  } finally {
    // Sorting once at the end is much cheaper than keeping indexes in order.
    await db.raw("create index temp.observed_account_id on observed (account_id, active)");
    duplicateId = await dropDuplicates(db);
    for (const column of SEARCHED) await indexSearched(db, column);
  }
  return { accounts, duplicateId };
}

async function indexSearched(db: Knex, column: (typeof SEARCHED)[number]): Promise<void> {
  await db.raw(`create index temp.observed_${column} on observed (${column}) where ${column} is not null`);
  const repeated = `select ${column} from observed where ${column} is not null group by ${column} having count(*) > 1`;
  await db.raw(`update observed set shared = 1 where ${column} in (${repeated})`);
}

/** Asks what is true of all accounts in the spool. */
export async function spoolFacts(db: Knex): Promise<SpoolFacts> {
  const has = (column: string): string => `exists (select 1 from observed where ${column} is not null) as ${column}`;
  const [row] = await rowsFor<{ marker: number; external_id: number }>(
    db,
    sql(`select ${has("marker")}, ${has("external_id")}`),
  );
  return { anyMarker: row?.marker === 1, anyExternalId: row?.external_id === 1 };
}

/** Prepared ahead, too: while a page is written, the next one is fetched and made ready. */
async function* cellsOf(
  pages: AsyncIterable<readonly ObservedAccount[]>,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const page of pages) yield page.map(toCells);
}

function toCells(account: ObservedAccount): readonly Cell[] {
  return [
    account.id,
    account.marker ?? null,
    account.externalId ?? null,
    emailKey(account.profile.email),
    account.status !== "deactivated",
    JSON.stringify(account),
  ];
}

async function dropDuplicates(db: Knex): Promise<string | null> {
  const repeated = (): Knex.QueryBuilder =>
    db("observed").select("account_id").groupBy("account_id").havingRaw("count(*) > 1");
  const [first] = (await repeated().orderBy("account_id").limit(1)) as { account_id: string }[];
  if (first === undefined) return null;
  await db("observed")
    .whereIn("account_id", repeated())
    .whereNotIn("item", db("observed").min("item").groupBy("account_id"))
    .delete();
  return first.account_id;
}

/** Accounts in the spool that are active or pending: all of them, and those that nobody is linked to. */
export async function countActive(db: Knex): Promise<{ readonly all: number; readonly unlinked: number }> {
  const [row] = await db("observed")
    .leftJoin("links", "links.account_id", "observed.account_id")
    .where("observed.active", true)
    .count({ all: "*", linked: "links.account_id" });
  const all = Number(row?.["all"] ?? 0);
  return { all, unlinked: all - Number(row?.["linked"] ?? 0) };
}

interface ObservedRow {
  readonly account_id: string;
  readonly marker: string | null;
  readonly external_id: string | null;
  readonly email_key: string;
  readonly account: string;
}

/** Per key, in order, the spooled accounts that may be this person's, each once, by account id. */
export async function findCandidates(
  db: Knex,
  keys: readonly CandidateKey[],
  facts: SpoolFacts,
): Promise<readonly (readonly Candidate[])[]> {
  const open = keys.filter((key) => !isAnswered(key, facts));
  const searched = open.length === 0 ? [] : await searchCandidates(db, open);
  const found = new Map(open.map((key, index) => [key, searched[index] ?? []]));
  return keys.map((key) => found.get(key) ?? knownOf(key));
}

function knownOf({ known }: CandidateKey): readonly Candidate[] {
  return known === undefined ? [] : [known.candidate];
}

/** True when each search would find the known account, and it alone. */
function isAnswered({ known, marker, externalId, email }: CandidateKey, facts: SpoolFacts): boolean {
  if (known?.alone !== true) return false;
  const { account } = known.candidate;
  return (
    (!facts.anyMarker || account.marker === marker) &&
    (!facts.anyExternalId || externalId === null || account.externalId === externalId) &&
    (account.profile.email === email || emailKey(account.profile.email) === emailKey(email))
  );
}

async function searchCandidates(db: Knex, keys: readonly CandidateKey[]): Promise<readonly (readonly Candidate[])[]> {
  const rows = await observedLike(db, keys);
  const candidates = await holdersOf(
    db,
    rows.map((row) => JSON.parse(row.account) as ObservedAccount),
  );
  const byAccount = placesBy(rows, (row) => row.account_id);
  const byMarker = placesBy(rows, (row) => row.marker);
  const byExternalId = placesBy(rows, (row) => row.external_id);
  const byEmail = placesBy(rows, (row) => row.email_key);
  return keys.map((key) => {
    const places = [
      ...placesOf(byAccount, key.account),
      ...placesOf(byMarker, key.marker),
      ...placesOf(byExternalId, key.externalId),
      ...placesOf(byEmail, emailKey(key.email)),
    ];
    return [...new Set(places)].sort((a, b) => a - b).flatMap((place) => candidates[place] ?? []);
  });
}

type Places = ReadonlyMap<string, readonly number[]>;

/** Where in the rows each value stands. */
function placesBy(rows: readonly ObservedRow[], value: (row: ObservedRow) => string | null): Places {
  const places = new Map<string, number[]>();
  for (const [place, row] of rows.entries()) {
    const key = value(row);
    if (key === null) continue;
    const found = places.get(key);
    if (found === undefined) places.set(key, [place]);
    else found.push(place);
  }
  return places;
}

function placesOf(places: Places, value: string | null): readonly number[] {
  return value === null ? [] : (places.get(value) ?? []);
}

async function observedLike(db: Knex, keys: readonly CandidateKey[]): Promise<readonly ObservedRow[]> {
  const having = (column: string, values: readonly (string | null)[]): Knex.QueryBuilder => {
    const known = values.filter((value) => value !== null);
    return db("observed")
      .select("item")
      .where(whereOneOf(db, column, known));
  };
  const accounts = keys.map((key) => key.account);
  const others = [
    having(
      "marker",
      keys.map((key) => key.marker),
    ),
    having(
      "external_id",
      keys.map((key) => key.externalId),
    ),
    having(
      "email_key",
      keys.map((key) => emailKey(key.email)),
    ),
  ];
  return db<ObservedRow>("observed")
    .whereIn("item", having("account_id", accounts).unionAll(others))
    .orderBy("account_id")
    .select();
}

interface HolderRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly deleted_at: string | null;
}

/** Accounts, in the order given, with who holds their link. */
export async function holdersOf(db: Knex, accounts: readonly ObservedAccount[]): Promise<readonly Candidate[]> {
  const rows = await db("links")
    .join("users", "users.id", "links.user_id")
    .where(
      whereOneOf(
        db,
        "links.account_id",
        accounts.map(({ id }) => id),
      ),
    )
    .select<HolderRow[]>("links.account_id", "links.user_id", "users.deleted_at");
  const holders = new Map(rows.map((row) => [row.account_id as AccountId, row]));
  return accounts.map((account) => {
    const holder = holders.get(account.id);
    if (holder === undefined) return { account, linkedTo: null };
    return { account, linkedTo: { user: holder.user_id as DirectoryUserId, gone: holder.deleted_at !== null } };
  });
}
