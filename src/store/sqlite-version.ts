import { StoreUnavailableError } from "../domain/errors.ts";

/** The last version with the fault by which a reset of the write-ahead log can corrupt the file. */
const LAST_FAULTY = [3, 51, 2] as const;

/** Throws StoreUnavailableError for versions of SQLite that may lose data (or, before 3.7.0, have no write-ahead log). */
export function checkSqliteVersion(version: string): void {
  if (compare(version.split(".").map(Number), LAST_FAULTY) <= 0) {
    throw new StoreUnavailableError(
      `SQLite ${version} can corrupt its write-ahead log; use a driver with SQLite ${LAST_FAULTY[0]}.${LAST_FAULTY[1]}.${LAST_FAULTY[2] + 1} or newer.`,
    );
  }
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, part] of right.entries()) {
    const difference = (left[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
