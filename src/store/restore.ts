import { chmod, constants, copyFile, link, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StoreUnavailableError, UsageError } from "../domain/errors.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { BackupFacts, RestoreReport } from "../ports/backup.ts";
import { checkCopy, flushFile } from "./copy-check.ts";
import { makeFolder } from "./database-file.ts";
import { hasDatabase } from "./inspect.ts";
import { openStore } from "./open-store.ts";
import { openDatabase } from "./database.ts";
import { carryOver, takeForGood } from "./take-database.ts";

/** A database that is put back: `filename` takes what `backup` holds. */
export interface RestoreRequest {
  readonly filename: string;
  readonly backup: string;
  readonly ambient: Ambient;
  /** Hears what the backup holds, before anything is touched; false leaves everything as it is. */
  agree(facts: BackupFacts): Promise<boolean>;
}

/**
 * Puts a backup in the place of the database, which is kept beside it. Tokens stay as they are now, so that none that was
 * revoked since is good again. What comes back may be behind the times: that is noted in it, and changes are held until
 * somebody resumes. Null when `agree` said no.
 *
 * Throws UsageError when the backup cannot be read, or is a database in use; StoreBusyError while another process has the
 * database open; StoreUnavailableError when the backup is damaged or comes from a newer version. Nothing was touched then.
 */
export async function restoreDatabase(request: RestoreRequest): Promise<RestoreReport | null> {
  const { filename, backup, ambient } = request;
  await refuseInUse(backup, filename);
  await makeFolder(dirname(filename));
  const copy = `${filename}.${ambient.newId()}.part`;
  try {
    await copyBackup(backup, copy);
    const facts = await checkCopy(copy, backup);
    if (!(await request.agree(facts))) return null;
    await bringUpToDate(copy);
    const taken = (await hasDatabase(filename)) ? await takeForGood(filename, ambient) : null;
    try {
      if (taken?.state != null) await carryOver(copy, taken.state);
      await noteRestoration(copy, facts, ambient);
      const replaced = taken === null ? null : await setAside(filename, ambient);
      await putInPlace(copy, filename).catch(async (error: unknown) => {
        // Two names for one database that goes on being used are a trap.
        if (replaced !== null) await rm(replaced, { force: true });
        throw error;
      });
      return { replaced, keptTokens: taken?.state != null };
    } finally {
      await taken?.release();
    }
  } finally {
    for (const end of ["", "-wal", "-shm", "-journal"]) await rm(`${copy}${end}`, { force: true });
  }
}

async function refuseInUse(backup: string, filename: string): Promise<void> {
  const found = await stat(backup).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new UsageError(`${backup} is no file: name one that \`rosterbridge backup\` made.`);
  const same = await Promise.all([realpath(backup), realpath(filename).catch(() => null)]);
  if (same[0] === same[1]) throw new UsageError(`${backup} is the database itself: name a backup of it.`);
  const log = await stat(`${backup}-wal`).catch(() => undefined);
  if (log !== undefined && log.size > 0) {
    throw new UsageError(`${backup} is a database in use, of which a copy has only a part: make a backup of it first.`);
  }
}

async function copyBackup(backup: string, copy: string): Promise<void> {
  try {
    await copyFile(backup, copy, constants.COPYFILE_EXCL);
    await chmod(copy, 0o600);
  } catch (error) {
    throw new UsageError(`${backup} cannot be copied to the folder of the database.`, { cause: error });
  }
}

/** Here, where it harms nobody when it fails. */
async function bringUpToDate(copy: string): Promise<void> {
  const database = await openDatabase("sqlite3", copy);
  await database.close();
}

async function noteRestoration(copy: string, { knownUntil }: BackupFacts, ambient: Ambient): Promise<void> {
  const store = await openStore({ filename: copy, ambient });
  try {
    const restoredAt = ambient.clock.now();
    const event = { at: restoredAt, actor: "cli", action: "store.restored", subject: "store", detail: { knownUntil } };
    await store.restorations.note({ restoredAt, knownUntil }, event);
  } finally {
    await store.close();
  }
}

/** A second name, so that at no moment there is no database at the first; what SQLite keeps beside it goes with it. */
async function setAside(filename: string, { clock }: Ambient): Promise<string> {
  const stamp = clock.now().replaceAll(/[-:.]/g, "");
  const replaced = join(dirname(filename), `${basename(filename)}.replaced-${stamp}`);
  for (const end of ["-wal", "-shm", "-journal"]) {
    // Only a database that could not be read still has them: its log must never be taken for that of the backup.
    await rename(`${filename}${end}`, `${replaced}${end}`).catch(ignoreMissing);
  }
  await link(filename, replaced);
  return replaced;
}

async function putInPlace(copy: string, filename: string): Promise<void> {
  for (const end of ["-wal", "-journal"]) {
    if ((await stat(`${copy}${end}`).catch(() => undefined)) !== undefined) {
      throw new StoreUnavailableError("The copy of the backup could not be finished: nothing was put in place.");
    }
  }
  await flushFile(copy);
  await rename(copy, filename);
  await flushFile(dirname(filename));
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
