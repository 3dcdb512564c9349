import { setTimeout as delay } from "node:timers/promises";
import type { Knex } from "knex";
import { checkpoint } from "./dialect.ts";
import { connect, type Driver } from "./open.ts";
import { toStoreError } from "./store-errors.ts";

/** How often, and with which pause in milliseconds, the log is asked to be emptied while others write it back or read it. */
const ATTEMPTS = 20;
const PAUSE_MS = 250;

/** The name under which it is kept that a file may hold erased text in free places. */
export const SCRUB_DUE = { name: "scrub_due" };

/**
 * Writes a database anew without its free places, in which deleted text stays otherwise, and empties its log. Others may
 * have it open; what they want to write waits. False when one of them read an older state all the while, so that the log
 * had to be kept. Throws StoreBusyError, StoreUnavailableError (the disk needs room for a second copy).
 */
export async function scrubFile(driver: Driver, filename: string): Promise<boolean> {
  // A connection of its own: the copy that SQLite makes on the way belongs on the disk, and not in this process's memory.
  const db = connect(driver, filename, "copy");
  try {
    await db.raw("vacuum");
    return await emptyLog(db);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await db.destroy();
  }
}

/** Of two that write the log back at once, SQLite sends the second away without letting it wait. */
async function emptyLog(db: Knex): Promise<boolean> {
  for (let attempts = 1; !(await checkpoint(db)); attempts += 1) {
    if (attempts === ATTEMPTS) return false;
    await delay(PAUSE_MS);
  }
  return true;
}
