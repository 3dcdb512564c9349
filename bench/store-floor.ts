import { copyFile } from "node:fs/promises";
import knex, { type Knex } from "knex";
import { DIRECTORY, displayNameOf, personAt, toPost, type BenchPerson } from "./people.ts";
import { ownCpuMs } from "./process-stat.ts";
import { createRandom } from "./statistics.ts";

// The floor of the store: the same schema, plain knex, and nothing else.

/** How often something can be done at all. */
export interface Floor {
  readonly perSecond: number;
  /** Microseconds on a core each time. */
  readonly cpuUs: number;
}

/** Durable rows of one POST: a user, an address, an audit row, a wake-up. Counted in people. */
export interface InsertFloor {
  /** Each in a transaction of their own. */
  readonly each: Floor;
  /** Sixteen in a transaction. */
  readonly grouped: Floor;
}

const GROUP = 16;
const AT = "2026-01-01T00:00:00.000Z";
const HASH = "0".repeat(64);

/** Inserts people from `first` on into a copy of a store, for so long each way. */
export async function measureInserts(storeFile: string, first: number, durationMs: number): Promise<InsertFloor> {
  const copy = `${storeFile}.floor`;
  await copyFile(storeFile, copy);
  const db = plainKnex(copy, 1);
  try {
    const each = await insertFor(db, first, 1, durationMs);
    const grouped = await insertFor(db, each.next, GROUP, durationMs);
    return { each, grouped };
  } finally {
    await db.destroy();
  }
}

async function insertFor(
  db: Knex,
  first: number,
  group: number,
  durationMs: number,
): Promise<Floor & { readonly next: number }> {
  const meter = startMeter();
  let next = first;
  while (meter.elapsedMs() < durationMs) {
    const indexes = Array.from({ length: group }, (_, offset) => next + offset);
    await db.transaction((trx) => insertPeople(trx, indexes));
    next += group;
  }
  return { ...meter.read(next - first), next };
}

async function insertPeople(trx: Knex, indexes: readonly number[]): Promise<void> {
  const people = indexes.map((index) => ({ person: personAt(index), key: index + 1 }));
  await trx("users").insert(people.map(({ person, key }) => toUser(person, key)));
  await trx("user_emails").insert(people.map(({ person, key }) => ({ user_key: key, email_key: person.userName })));
  await trx("audit").insert(
    people.map(({ person, key }) => ({
      // The token and whatever else came before have rows, too.
      sequence: key + 1_000,
      at: AT,
      actor: "token:bench",
      action: "user.created",
      subject: person.id,
      detail: '{"active":true,"directory":"bench","version":1}',
      hash: HASH,
    })),
  );
  await trx("wakes").insert(
    people.map(({ person, key }) => ({ user_id: person.id, urgency: 1, since: AT, sequence: key })),
  );
}

function toUser(person: BenchPerson, key: number): Record<string, string | number | boolean> {
  return {
    key,
    id: person.id,
    directory: DIRECTORY,
    user_name: person.userName,
    user_name_key: person.userName,
    external_id: person.externalId,
    active: true,
    version: 1,
    created: AT,
    last_modified: AT,
    resource: JSON.stringify({ ...toPost(person), displayName: displayNameOf(person) }),
  };
}

/** Users read by id, sixteen at a time over four connections. */
export async function measureSelects(storeFile: string, people: number, durationMs: number): Promise<Floor> {
  const db = plainKnex(storeFile, 4);
  const random = createRandom(1);
  const meter = startMeter();
  let done = 0;
  const worker = async (): Promise<void> => {
    while (meter.elapsedMs() < durationMs) {
      const { id } = personAt(Math.floor(random() * people));
      const row: unknown = await db("users").where({ id }).first();
      if (row === undefined) throw new Error("The floor read nothing.");
      done += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: GROUP }, worker));
  } finally {
    await db.destroy();
  }
  return meter.read(done);
}

/** A text parsed by JSON.parse. */
export function measureParse(text: string, durationMs: number): Floor {
  const meter = startMeter();
  let done = 0;
  while (meter.elapsedMs() < durationMs) {
    JSON.parse(text);
    done += 1;
  }
  return meter.read(done);
}

function startMeter(): { elapsedMs(): number; read(done: number): Floor } {
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const elapsedMs = (): number => performance.now() - startMs;
  return {
    elapsedMs,
    read: (done) => ({ perSecond: (done * 1_000) / elapsedMs(), cpuUs: (ownCpuMs(cpu) * 1_000) / done }),
  };
}

/** Plain knex on the plain driver, as durable as the store: WAL and FULL. */
export function plainKnex(filename: string, connections: number): Knex {
  return knex({
    client: "sqlite3",
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: connections,
      afterCreate(connection: PlainConnection, done: (error: Error | null, connection: PlainConnection) => void) {
        connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;", (error) =>
          done(error, connection),
        );
      },
    },
  });
}

interface PlainConnection {
  exec(sql: string, done: (error: Error | null) => void): void;
}
