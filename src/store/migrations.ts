import type { Knex } from "knex";
import * as directory from "../../migrations/0001_directory.ts";
import * as ledger from "../../migrations/0002_ledger.ts";
import * as records from "../../migrations/0003_records.ts";
import * as engine from "../../migrations/0004_engine.ts";
import * as alerts from "../../migrations/0005_alerts.ts";
import * as pushLane from "../../migrations/0006_push_lane.ts";
import * as leavers from "../../migrations/0007_leavers.ts";
import * as lives from "../../migrations/0008_lives.ts";
import * as permissions from "../../migrations/0009_permissions.ts";
import * as tokenSuccessors from "../../migrations/0010_token_successors.ts";
import * as restorations from "../../migrations/0011_restorations.ts";
import * as erasure from "../../migrations/0012_erasure.ts";
import { StoreUnavailableError } from "../domain/errors.ts";

interface Step {
  readonly name: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** Every change of the schema, oldest first. One that was released is never edited. */
export const MIGRATIONS: readonly Step[] = [
  directory,
  ledger,
  records,
  engine,
  alerts,
  pushLane,
  leavers,
  lives,
  permissions,
  tokenSuccessors,
  restorations,
  erasure,
];

const TABLE = "migrations";

/**
 * Brings the schema up to date, as one transaction that begins with the write lock: a process that is killed leaves
 * the schema as it was, and of two that start together the second finds nothing to do.
 *
 * Throws StoreUnavailableError when the schema is newer than this program.
 */
export async function migrate(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    await refuseNewer(trx);
    await trx.migrate.latest({
      migrationSource: {
        getMigrations: () => Promise.resolve([...MIGRATIONS]),
        getMigrationName: (step: Step) => step.name,
        getMigration: (step: Step) => Promise.resolve(step),
      },
      tableName: TABLE,
      disableTransactions: true, // they are all part of this one
    });
  });
}

async function refuseNewer(trx: Knex): Promise<void> {
  const unknown = await unknownStep(trx);
  if (unknown !== undefined) {
    throw new StoreUnavailableError(
      `The database was written by a newer version of Rosterbridge (it has ${unknown}): start that version, or restore an older backup.`,
    );
  }
}

/**
 * Throws StoreUnavailableError for a copy that is no database of this program, or one of a newer version of it. Changes
 * nothing.
 */
export async function refuseForeign(db: Knex, named: string): Promise<void> {
  if (!(await db.schema.hasTable(TABLE)) || (await stepsOf(db)).length === 0) {
    throw new StoreUnavailableError(
      `${named} is no database of Rosterbridge: name a file that \`rosterbridge backup\` made.`,
    );
  }
  const unknown = await unknownStep(db);
  if (unknown === undefined) return;
  throw new StoreUnavailableError(
    `${named} was written by a newer version of Rosterbridge (it has ${unknown}): use that version, or an older backup.`,
  );
}

async function unknownStep(db: Knex): Promise<string | undefined> {
  if (!(await db.schema.hasTable(TABLE))) return undefined;
  const known = new Set(MIGRATIONS.map((step) => step.name));
  return (await stepsOf(db)).find((name) => !known.has(name));
}

async function stepsOf(db: Knex): Promise<readonly string[]> {
  const applied = await db<{ name: string }>(TABLE).select("name").orderBy("id");
  return applied.map(({ name }) => name);
}
