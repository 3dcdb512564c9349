import knex, { type Knex } from "knex";
import BetterSqlite from "knex/lib/dialects/better-sqlite3/index.js";
import Sqlite from "knex/lib/dialects/sqlite3/index.js";
import type { QueryObject } from "knex/lib/dialects/sqlite3/index.js";
import { setPragmas, type Role } from "./pragmas.ts";

/** SQLite drivers the store runs on. The second one is there so that the first can be given up. */
export type Driver = "sqlite3" | "better-sqlite3";

/** What connections are for: the one that writes, those that read, a run's private one with its own tables, one to a copy. */
const POOL_SIZE: Record<Role, number> = { writer: 1, reader: 4, private: 1, copy: 1 };
/** How long a statement waits for a connection of its pool; milliseconds. Units of the write queue never wait for one. */
const ACQUIRE_TIMEOUT_MS = 30_000;
/** Compiled statements kept per connection; the store has about a hundred of its own, filters make more. */
const KEPT_STATEMENTS = 250;
const ANSWERS_CHANGES = new Set(["insert", "update", "del", "counter"]);

const SILENT = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };

function ignore(): void {
  // nothing to do
}

/** Connections to one file. Every connection has its pragmas set and read back before it is used. */
export function connect(driver: Driver, filename: string, role: Role): Knex {
  const size = POOL_SIZE[role];
  const database: Knex = knex({
    client: DIALECTS[driver][role === "writer" ? "writer" : "other"],
    connection: { filename },
    useNullAsDefault: true,
    compileSqlOnError: false, // messages show the statement with its placeholders, never what was bound
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    log: SILENT, // knex prints what it also throws
    pool: {
      min: 0,
      max: size,
      // Connections are kept: a private one would lose its tables, and the others cost their pragmas again.
      idleTimeoutMillis: 2 ** 31 - 1,
      afterCreate(connection: unknown, done: (error: unknown, connection: unknown) => void) {
        const client = database.client as Sqlite;
        const ask = async (sql: string): Promise<unknown> =>
          (await client._query(connection, { sql, bindings: [], method: "raw" })).response;
        setPragmas(ask, role).then(
          () => done(null, connection),
          (error: unknown) => done(error, connection),
        );
      },
    },
  });
  return database;
}

/** Where a connection keeps its compiled statements: knex makes a new client object for each transaction. */
const KEPT = Symbol("statements");

/** What the store uses of a connection of the `sqlite3` package. */
interface SqliteConnection {
  [KEPT]?: Map<string, Promise<SqliteStatement>>;
  prepare(sql: string, done: (this: SqliteStatement, error: Error | null) => void): void;
}
interface SqliteStatement {
  all(bindings: readonly unknown[], done: (error: Error | null, rows?: unknown) => void): void;
  run(bindings: readonly unknown[], done: (error: Error | null) => void): void;
  finalize(done: () => void): void;
}

/** knex on `sqlite3`, with each statement compiled once per connection: a third of the time of a small one. */
class PreparedSqlite extends Sqlite {
  override async _query(connection: SqliteConnection, query: QueryObject): Promise<QueryObject> {
    const statement = await prepared(connection, query.sql);
    const call = ANSWERS_CHANGES.has(query.method ?? "") && !query.returning ? "run" : "all";
    return new Promise((resolve, reject) => {
      statement[call](query.bindings ?? [], function (this: unknown, error: Error | null, rows?: unknown) {
        if (error !== null) return reject(error);
        query.response = rows;
        query.context = this; // knex reads lastID and changes from it
        resolve(query);
      });
    });
  }

  override async destroyRawConnection(connection: SqliteConnection): Promise<void> {
    const kept = [...(connection[KEPT]?.values() ?? [])];
    delete connection[KEPT];
    // SQLite does not close a connection that still has statements. One that could not be compiled is none.
    await Promise.allSettled(kept.map(async (statement) => finalize(await statement)));
    return super.destroyRawConnection(connection);
  }
}

async function prepared(connection: SqliteConnection, sql: string): Promise<SqliteStatement> {
  const kept = (connection[KEPT] ??= new Map());
  const found = kept.get(sql);
  if (found !== undefined) {
    kept.delete(sql);
    kept.set(sql, found); // the least recently used is first
    return found;
  }
  const made = prepare(connection, sql);
  kept.set(sql, made);
  made.catch(() => kept.delete(sql));
  if (kept.size > KEPT_STATEMENTS) await dropOldest(kept);
  return made;
}

function prepare(connection: SqliteConnection, sql: string): Promise<SqliteStatement> {
  return new Promise((resolve, reject) => {
    connection.prepare(sql, function (this: SqliteStatement, error: Error | null) {
      if (error === null) resolve(this);
      else reject(error);
    });
  });
}

/** A statement that is running is closed when it has ended: the driver keeps the order of calls on one statement. */
async function dropOldest(kept: Map<string, Promise<SqliteStatement>>): Promise<void> {
  for (const [sql, oldest] of kept) {
    kept.delete(sql);
    return finalize(await oldest);
  }
}

function finalize(statement: SqliteStatement): Promise<void> {
  return new Promise((resolve) => statement.finalize(() => resolve()));
}

/**
 * Makes transactions of a writer begin with the write lock: knex's plain BEGIN takes it at the first write, and then
 * fails at once, whatever the busy timeout, when another process has committed since the first read. Where the lock was
 * not to be had, the transaction is rejected; knex would hand it out all the same, since it takes its begin for done.
 */
function beginImmediately(transaction: Knex.Transaction): Knex.Transaction {
  return Object.assign(transaction, {
    async begin(connection: unknown): Promise<unknown> {
      const answer: unknown = await transaction.query(connection, "BEGIN IMMEDIATE;", undefined, undefined);
      return transaction.isCompleted() ? new Promise(() => undefined) : answer;
    },
  });
}

class WritingSqlite extends PreparedSqlite {
  override transaction(container: unknown, config: unknown, outer: unknown): Knex.Transaction {
    return beginImmediately(super.transaction(container, config, outer));
  }
}

class WritingBetterSqlite extends BetterSqlite {
  override transaction(container: unknown, config: unknown, outer: unknown): Knex.Transaction {
    return beginImmediately(super.transaction(container, config, outer));
  }
}

const DIALECTS = {
  sqlite3: { writer: WritingSqlite, other: PreparedSqlite },
  "better-sqlite3": { writer: WritingBetterSqlite, other: BetterSqlite },
} as const;
