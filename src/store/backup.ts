import { link, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreUnavailableError, UsageError } from "../domain/errors.ts";
import type { NewId } from "../ports/ambient.ts";
import type { BackupFacts } from "../ports/backup.ts";
import { checkCopy, flushFile } from "./copy-check.ts";
import { hasDatabase } from "./inspect.ts";
import { connect } from "./open.ts";
import { toStoreError } from "./store-errors.ts";

/**
 * Writes a copy of a database, as it is at one moment, to a new file that nobody else may read, beside whatever else has the
 * database open. The copy has been read through when it gets its name. Throws UsageError when there is such a file, or it
 * cannot be made; StoreUnavailableError when there is no database, or it is damaged.
 */
export async function backUpDatabase(filename: string, target: string, newId: NewId): Promise<BackupFacts> {
  if (!(await hasDatabase(filename))) {
    throw new StoreUnavailableError(`There is no database at ${filename} yet: nothing was backed up.`);
  }
  await refuseTaken(target);
  const part = `${target}.${newId()}.part`;
  await writable(target, async () => (await open(part, "wx", 0o600)).close());
  try {
    await copyInto(filename, part);
    const facts = await checkCopy(part, filename);
    await flushFile(part);
    // A link, and no renaming: whatever has come to be at that name meanwhile stays.
    await writable(target, () => link(part, target));
    await flushFile(dirname(target));
    return facts;
  } finally {
    await rm(part, { force: true });
  }
}

async function copyInto(filename: string, part: string): Promise<void> {
  const db = connect("sqlite3", filename, "copy");
  try {
    await db.raw("vacuum into ?", [part]);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await db.destroy();
  }
}

async function refuseTaken(target: string): Promise<void> {
  if ((await stat(target).catch(() => undefined)) !== undefined) throw takenError(target);
}

function takenError(target: string): UsageError {
  return new UsageError(`${target} is there already, and is not overwritten: name a file that is not.`);
}

async function writable(target: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST") throw takenError(target);
    throw new UsageError(`${target} cannot be written (${String(error.code)}): check its folder.`, { cause: error });
  }
}
