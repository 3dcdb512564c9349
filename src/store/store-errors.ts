import { BridgeError, StoreBusyError, StoreUnavailableError, UniquenessError } from "../domain/errors.ts";

/** Index columns, as drivers name them in a violation, and what the user of the store is told. */
const UNIQUE: readonly (readonly [string, string])[] = [
  ["users.user_name_key", "userName is already in use"],
  ["users.external_id", "externalId is already in use"],
  ["groups.display_name_key", "displayName is already in use"],
  ["groups.external_id", "externalId is already in use"],
];

/** Whether the disk, and not the statement, is at fault; with what to do about it. */
const SICK: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_FULL/, "The disk of the database is full: free some space."],
  [/^SQLITE_IOERR/, "The disk of the database failed: look at the system's log before anything else."],
  [/^SQLITE_READONLY/, "The database may not be written: check the owner and the mode of the file and of its folder."],
  [/^SQLITE_PERM/, "The database may not be opened: check the owner and the mode of the file and of its folder."],
  [/^SQLITE_CANTOPEN/, "The database file cannot be opened: check that its folder exists and may be written."],
  [/^SQLITE_CORRUPT/, "The database is damaged: stop the bridge and restore a backup."],
  [/^SQLITE_NOTADB/, "The file is not an SQLite database: move it away, or set database.filename to another one."],
  [/^SQLITE_(NOMEM|TOOBIG)/, "SQLite has run out of memory."],
];

/**
 * The typed error for what a driver or knex threw: a lock that was not to be had, a sick disk, a taken name.
 * Errors that are already ours, and faults of the program, come back as they are.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof BridgeError || !(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new StoreBusyError("Another process holds the database: try again.", { cause: error });
  }
  const sick = SICK.find(([pattern]) => pattern.test(code));
  if (sick !== undefined) return new StoreUnavailableError(sick[1], { cause: error });
  if (error.name === "KnexTimeoutError") {
    return new StoreBusyError("All connections to the database are in use: try again.", { cause: error });
  }
  if (error.message === "Unable to acquire a connection") return closedError();
  return uniqueness(code, error) ?? error;
}

/** What a statement answers. A name that is taken is for the caller to know at once, and not only at the end of a unit. */
export async function typed<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** What is thrown when somebody else has what is in this index column. */
export function takenError(column: string): UniquenessError {
  const [, message = "a value is already in use"] = UNIQUE.find(([name]) => name === column) ?? [];
  return new UniquenessError(message);
}

/** What is answered to whoever asks a store that was closed. */
export function closedError(): StoreUnavailableError {
  return new StoreUnavailableError("The store is closed.");
}

/** True for errors after which nothing of the transaction can be relied on. */
export function endsTransaction(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof StoreBusyError;
}

function uniqueness(code: string, error: Error): UniquenessError | undefined {
  if (!/^SQLITE_CONSTRAINT/.test(code)) return undefined;
  const taken = UNIQUE.find(
    ([column]) => error.message.includes(`UNIQUE constraint failed`) && error.message.includes(column),
  );
  return taken === undefined ? undefined : new UniquenessError(taken[1], { cause: error });
}
