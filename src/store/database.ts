import { stat } from "node:fs/promises";
import type { Knex } from "knex";
import { StoreUnavailableError } from "../domain/errors.ts";
import { prepareFile } from "./database-file.ts";
import { checkpoint, engineVersion } from "./dialect.ts";
import { migrate } from "./migrations.ts";
import { connect, type Driver } from "./open.ts";
import { checkSqliteVersion } from "./sqlite-version.ts";
import { toStoreError } from "./store-errors.ts";

/** One open database file: one connection that writes, a few that read, and private ones on demand. */
export interface Database {
  readonly driver: Driver;
  readonly version: string;
  readonly filename: string;
  readonly writer: Knex;
  readonly reader: Knex;
  /** A connection of its own, whose temporary tables nobody else sees; its user destroys it. */
  openPrivate(): Knex;
  /** Writes the log into the file and lets go of it. */
  close(): Promise<void>;
}

/**
 * Opens a database file, which is made when there is none, and brings its schema up to date.
 *
 * Throws StoreUnavailableError when it cannot be used safely, saying what to do; StoreBusyError when another process
 * holds its lock.
 */
export async function openDatabase(driver: Driver, filename: string): Promise<Database> {
  await prepareFile(filename);
  const { ino } = await stat(filename);
  const writer = connect(driver, filename, "writer");
  const reader = connect(driver, filename, "reader");
  try {
    const version = await engineVersion(writer);
    await refuseReplaced(filename, ino);
    checkSqliteVersion(version);
    await migrate(writer);
    await engineVersion(reader);
    return {
      driver,
      version,
      filename,
      writer,
      reader,
      openPrivate: () => connect(driver, filename, "private"),
      async close() {
        await reader.destroy();
        try {
          await checkpoint(writer);
        } finally {
          await writer.destroy();
        }
      },
    };
  } catch (error) {
    await Promise.allSettled([reader.destroy(), writer.destroy()]);
    throw namingFile(toStoreError(error), filename);
  }
}

/**
 * From now on, that a connection is open keeps a restore from replacing the file. One that was replaced just before is open
 * under a name that is another's: what SQLite then writes beside it would be taken for that one's.
 */
async function refuseReplaced(filename: string, opened: number): Promise<void> {
  const found = await stat(filename).catch(() => undefined);
  if (found?.ino === opened) return;
  throw new StoreUnavailableError(`${filename} was replaced while it was opened: start again.`);
}

function namingFile(error: unknown, filename: string): unknown {
  if (!(error instanceof StoreUnavailableError) || error.message.includes(filename)) return error;
  return new StoreUnavailableError(`${filename}: ${error.message}`, { cause: error });
}
