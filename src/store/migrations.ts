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
  if (!(await trx.schema.hasTable(TABLE))) return;
  const known = new Set(MIGRATIONS.map((step) => step.name));
  const applied = await trx<{ name: string }>(TABLE).select("name").orderBy("id");
  const unknown = applied.find(({ name }) => !known.has(name));
  if (unknown !== undefined) {
    throw new StoreUnavailableError(
      `The database was written by a newer version of Rosterbridge (it has ${unknown.name}): start that version, or restore an older backup.`,
    );
  }
}
