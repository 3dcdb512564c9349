import type { Knex } from "knex";
import { RunInProgressError, StoreBusyError } from "../domain/errors.ts";
import type { Ambient } from "../ports/ambient.ts";
import { rowsOf } from "./dialect.ts";
import { connect } from "./open.ts";
import { toStoreError } from "./store-errors.ts";

/** What must not go back in time with the rest, read from a database that is replaced. */
export interface LastingState {
  readonly tokens: readonly TokenRow[];
  readonly leases: readonly LeaseRow[];
}

/** A database that nobody else can open while it is replaced. */
export interface Taken {
  /** Null where it cannot be read. */
  readonly state: LastingState | null;
  release(): Promise<void>;
}

type TokenRow = Readonly<Record<(typeof TOKEN_COLUMNS)[number], string | null>>;
interface LeaseRow {
  readonly product: string;
  readonly holder: string | null;
  readonly epoch: number;
  readonly expires_at: string | null;
}

const TOKEN_COLUMNS = [
  "id",
  "scope",
  "directory",
  "hash",
  "created_at",
  "expires_at",
  "revoked_at",
  "last_used_at",
  "replaced_by",
] as const;

/**
 * Waits until nobody else has the database open, and keeps everybody out until it is released. Throws StoreBusyError when
 * somebody has it open, RunInProgressError while the lease of a run has not ended.
 */
export async function takeForGood(filename: string, { clock }: Pick<Ambient, "clock">): Promise<Taken> {
  const db = connect("sqlite3", filename, "copy");
  try {
    await lockOut(db, filename);
    const state = await readState(db);
    const held = state?.leases.find(
      ({ holder, expires_at: end }) => holder !== null && end !== null && end > clock.now(),
    );
    if (held !== undefined) {
      throw new RunInProgressError(
        `A run may be in progress: the lease of ${held.product} ends at ${held.expires_at}. Stop it, or wait until then.`,
      );
    }
    return { state, release: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    // Such a database cannot be locked either; it is set aside with everything that lies beside it.
    if (isUnreadable(error)) return { state: null, release: async () => undefined };
    throw toStoreError(error);
  }
}

/** Whoever has a database with a write-ahead log open keeps others from giving that log up. */
async function lockOut(db: Knex, filename: string): Promise<void> {
  try {
    await db.raw("pragma locking_mode = exclusive");
    const [mode] = await rowsOf<{ journal_mode: string }>(db.raw("pragma journal_mode = delete"));
    if (mode?.journal_mode !== "delete") throw inUseError(filename);
    await db.raw("begin exclusive");
  } catch (error) {
    throw toStoreError(error) instanceof StoreBusyError ? inUseError(filename, error) : error;
  }
}

function inUseError(filename: string, cause?: unknown): StoreBusyError {
  return new StoreBusyError(`Another process has ${filename} open: stop the daemon, then restore.`, { cause });
}

function isUnreadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code));
}

/** Null for a database that was never finished. */
async function readState(db: Knex): Promise<LastingState | null> {
  if (!(await db.schema.hasTable("tokens")) || !(await db.schema.hasTable("leases"))) return null;
  const tokens = await db("tokens").orderBy("sequence").select<readonly Readonly<Record<string, string | null>>[]>();
  const leases = await db<LeaseRow>("leases").select();
  return { tokens: tokens.map(toTokenRow), leases };
}

/** A database of an older or a newer version has other columns. */
function toTokenRow(row: Readonly<Record<string, string | null>>): TokenRow {
  return Object.fromEntries(TOKEN_COLUMNS.map((column) => [column, row[column] ?? null])) as TokenRow;
}

/**
 * Gives a restored copy the tokens of the database that it replaces, and epochs that no run of that one has ever had: a
 * token that was revoked since the backup must not be good again.
 */
export async function carryOver(copy: string, { tokens, leases }: LastingState): Promise<void> {
  const db = connect("sqlite3", copy, "copy");
  try {
    await db.transaction(async (trx) => {
      for (const token of tokens) await trx("tokens").insert(token).onConflict("id").merge();
      for (const { product, epoch } of leases) {
        const [known] = await trx<LeaseRow>("leases").where({ product }).select("epoch");
        const next = { product, holder: null, expires_at: null, epoch: Math.max(epoch, known?.epoch ?? 0) + 1 };
        await trx<LeaseRow>("leases").insert(next).onConflict("product").merge();
      }
    });
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await db.destroy();
  }
}
