import { constants } from "node:fs";
import { access, chmod, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreUnavailableError } from "../domain/errors.ts";

const OWNER_ONLY = 0o600;

/**
 * Makes sure that the database file exists and may be written by us, and read by nobody else: the log files that
 * SQLite puts beside it get the mode it has. Makes its folder when there is none.
 *
 * Throws StoreUnavailableError, one sentence that says what is wrong and what to do.
 */
export async function prepareFile(filename: string): Promise<void> {
  if (filename === "" || filename.startsWith(":") || filename.startsWith("file:")) {
    throw new StoreUnavailableError(`"${filename}" is not a file: set database.filename to the path of one.`);
  }
  await makeFolder(dirname(filename));
  await refuseFolder(filename);
  try {
    const handle = await open(filename, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY);
    await handle.close();
    await keepPrivate(filename);
  } catch (error) {
    throw new StoreUnavailableError(
      `${filename} cannot be opened for writing (${codeOf(error)}): check the owner and the mode of the file and of its folder.`,
      { cause: error },
    );
  }
}

/** Makes a folder that files of the database can be made in. Throws StoreUnavailableError when it cannot. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeMissing(folder);
    // SQLite makes and removes its log files there.
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StoreUnavailableError(
      `The folder ${folder} of the database cannot be made or written (${codeOf(error)}): check its owner and mode, or set database.filename to another place.`,
      { cause: error },
    );
  }
}

/** Folder by folder: the recursive form of `mkdir` never ends where a file system refuses new names, as /proc does. */
async function makeMissing(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (dirname(folder) !== folder) await makeMissing(dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    // Somebody else, starting at the same time, may have been quicker; a file in its place is no folder.
    const made = await stat(folder).catch(() => undefined);
    if (made?.isDirectory() !== true) throw error;
  }
}

async function refuseFolder(filename: string): Promise<void> {
  const found = await stat(filename).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    throw new StoreUnavailableError(
      `${filename} is not a file: set database.filename to the path of one, for example ${filename}/rosterbridge.db.`,
    );
  }
}

async function keepPrivate(filename: string): Promise<void> {
  const { mode } = await stat(filename);
  if ((mode & 0o777) !== OWNER_ONLY) await chmod(filename, OWNER_ONLY);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
