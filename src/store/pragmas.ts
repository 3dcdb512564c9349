import { StoreUnavailableError } from "../domain/errors.ts";

/** What a connection is for: the one that writes, those that only read, a run's private one, and one to copies of a file. */
export type Role = "writer" | "reader" | "private" | "copy";

/** Sends one statement to a connection that is just being opened; returns its rows. */
export type Ask = (sql: string) => Promise<unknown>;

/** How long a connection waits for a lock that another process holds; milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

interface Pragma {
  readonly name: string;
  readonly set: string | number;
  /** What reading it back must give. */
  readonly is: string | number;
}

const ALWAYS: readonly Pragma[] = [
  { name: "busy_timeout", set: BUSY_TIMEOUT_MS, is: BUSY_TIMEOUT_MS },
  { name: "synchronous", set: "FULL", is: 2 },
  { name: "foreign_keys", set: "ON", is: 1 },
  { name: "trusted_schema", set: "OFF", is: 0 },
];

const LOGGED: Pragma = { name: "journal_mode", set: "WAL", is: "wal" };

const FOR_ROLE: Record<Role, readonly Pragma[]> = {
  writer: [
    LOGGED,
    // Memory: what savepoints keep aside is small and short-lived. Negative: KiB.
    { name: "temp_store", set: "MEMORY", is: 2 },
    { name: "cache_size", set: -16_384, is: -16_384 },
    // Pages. What is written again soon need not reach the file each time; the log grows to 16 MB for it.
    { name: "wal_autocheckpoint", set: 4_000, is: 4_000 },
  ],
  reader: [LOGGED, { name: "query_only", set: "ON", is: 1 }],
  private: [
    LOGGED,
    { name: "temp_store", set: "FILE", is: 1 },
    // What a run spools beyond this goes to a file that has no name.
    { name: "temp.cache_size", set: -16_384, is: -16_384 },
  ],
  // A copy is one file, and stays so; a database in use is read with the log that it has.
  copy: [],
};

/**
 * Sets what durability and safety depend on, then reads each setting back: drivers have defaults of their own, and
 * some differ between a new file and one that is opened again.
 *
 * Throws StoreUnavailableError naming the pragma that did not take.
 */
export async function setPragmas(ask: Ask, role: Role): Promise<void> {
  for (const { name, set, is } of [...ALWAYS, ...FOR_ROLE[role]]) {
    await ask(`PRAGMA ${name} = ${set}`);
    const found = firstValue(await ask(`PRAGMA ${name}`));
    if (found !== is) {
      throw new StoreUnavailableError(
        `SQLite does not take "PRAGMA ${name} = ${set}" (it answers ${String(found)}): this file cannot be kept safely here.`,
      );
    }
  }
}

/** The first column of the first row; undefined when there is none. */
export function firstValue(rows: unknown): unknown {
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return typeof row === "object" && row !== null ? Object.values(row)[0] : undefined;
}
