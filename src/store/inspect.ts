import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { connect } from "./open.ts";

/** What an inspection of a database file found. */
export interface Inspection {
  /** What SQLite's quick check complains of; null: nothing. */
  readonly damage: string | null;
  /** Of the file, in bytes. */
  readonly size: number;
  /** On its disk, in bytes. */
  readonly free: number;
}

/** Whether there is a database file; throws nothing. */
export async function hasDatabase(filename: string): Promise<boolean> {
  return (await stat(filename).catch(() => undefined))?.isFile() === true;
}

/**
 * Looks through a database file that exists, beside whatever else has it open: reads all of it once. Throws what the file
 * system or the driver throws.
 */
export async function inspectDatabase(filename: string): Promise<Inspection> {
  const [{ size }, { bavail, bsize }] = await Promise.all([stat(filename), statfs(dirname(filename))]);
  const db = connect("sqlite3", filename, "reader");
  try {
    const rows: readonly { readonly quick_check: string }[] = await db.raw("pragma quick_check(1)");
    const found = rows[0]?.quick_check ?? "it gave no answer";
    return { damage: found === "ok" ? null : found, size, free: bavail * bsize };
  } finally {
    await db.destroy();
  }
}
