import type { Instant } from "../domain/brand.ts";

/** What a database file holds, as far as it matters to whoever keeps it or puts it back. */
export interface BackupFacts {
  /** Of the file. */
  readonly bytes: number;
  /** The newest row of its audit log; null where it has none. */
  readonly knownUntil: Instant | null;
  /** Staged people who were not deleted. */
  readonly people: number;
}

/** What a database that was put back took the place of. */
export interface RestoreReport {
  /** Where the former database is now; null when there was none. */
  readonly replaced: string | null;
  /** Tokens were taken over as they were in the former database; false where it could not be read, or was not there. */
  readonly keptTokens: boolean;
}
