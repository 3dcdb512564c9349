import { open, stat } from "node:fs/promises";
import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import { StoreUnavailableError } from "../domain/errors.ts";
import type { BackupFacts } from "../ports/backup.ts";
import { rowsOf } from "./dialect.ts";
import { refuseForeign } from "./migrations.ts";
import { connect } from "./open.ts";
import { toStoreError } from "./store-errors.ts";

/**
 * Reads a copy of a database through and through, and says what it holds. Throws StoreUnavailableError when it is damaged,
 * is no database of the bridge, or comes from a newer version of it.
 */
export async function checkCopy(copy: string, named: string): Promise<BackupFacts> {
  const db = connect("sqlite3", copy, "copy");
  try {
    await refuseDamaged(db, named);
    await refuseForeign(db, named);
    const [last] = await db<{ at: string }>("audit").orderBy("sequence", "desc").limit(1).select("at");
    const [staged] = await db("users").whereNull("deleted_at").count({ people: "*" });
    const { size } = await stat(copy);
    return { bytes: size, knownUntil: (last?.at ?? null) as Instant | null, people: Number(staged?.["people"] ?? 0) };
  } catch (error) {
    const known = toStoreError(error);
    if (known instanceof StoreUnavailableError && !known.message.includes(named))
      throw new StoreUnavailableError(`${named} cannot be used: it is damaged, or no database at all.`, {
        cause: error,
      });
    throw known;
  } finally {
    await db.destroy();
  }
}

async function refuseDamaged(db: Knex, named: string): Promise<void> {
  const [whole] = await rowsOf<{ integrity_check: string }>(db.raw("pragma integrity_check(1)"));
  const [orphan] = await rowsOf<{ table: string }>(db.raw("pragma foreign_key_check"));
  if (whole?.integrity_check === "ok" && orphan === undefined) return;
  const fault = orphan === undefined ? "SQLite's integrity check fails" : `rows of ${orphan.table} refer to nothing`;
  throw new StoreUnavailableError(`${named} is damaged (${fault}): take another backup.`);
}

/** Makes sure that what was written to a file is on the disk. */
export async function flushFile(filename: string): Promise<void> {
  const handle = await open(filename, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
