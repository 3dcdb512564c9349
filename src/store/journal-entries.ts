import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { Change, LimitName } from "../domain/plan.ts";
import type { Placed } from "../domain/placed.ts";
import type { Journal, JournalEntry } from "../ports/journal.ts";
import { underLease } from "./leases.ts";
import { putLinks } from "./links.ts";
import { inLivesOf } from "./lives.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Entries per statement, where there may be many. */
const PAGE = 1_000;

/** A row of `journal`. */
export interface EntryRow {
  readonly id: string;
  readonly run: string;
  readonly user_id: string | null;
  readonly change_key: string;
  readonly change: string;
  readonly limit_name: string | null;
  readonly state: string;
  readonly intended_at: string;
  readonly settled_at: string | null;
  readonly error: string | null;
  readonly spent_at: string | null;
  readonly elapsed_ms: number;
  readonly spent_elapsed_ms: number | null;
}

/** A row and its place in the order in which rows came. */
export type Sequenced<Row> = Row & { readonly sequence: number };

/** Keys of creates (planning/change-key.ts): a range, so that an index can serve it. */
const CREATES = { from: '["create-account",', to: '["create-account"-' } as const;

type Entries = Pick<Journal, "intend" | "settle" | "entries" | "entriesOf" | "entriesAfter" | "hasOpenCreates">;

/** What was meant and done, change by change. */
export function createEntries(reader: Knex, queue: WriteQueue): Entries {
  return {
    intend: (lease, entry) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db<EntryRow>("journal").insert(toEntryRow(entry));
      }),
    settle: (lease, entry, { link }) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const settled = await db<EntryRow>("journal").where({ id: entry.id }).update(toEntryRow(entry));
        if (settled === 0) throw new UnknownSubjectError(`Journal entry ${entry.id} was never intended.`);
        if (link !== undefined) await putLinks(db, [link]);
      }),
    entries: (user) =>
      reading(async () => {
        const rows = await reader<EntryRow>("journal")
          .where(inLivesOf(reader, "user_id", user))
          .orderBy("sequence")
          .select();
        return rows.map(fromEntryRow);
      }),
    entriesOf: (run) => entriesOf(reader, run),
    entriesAfter: (run, place, limit) => entriesAfter(reader, run, { place, limit }),
    hasOpenCreates: () =>
      reading(async () => {
        const open = await reader("journal")
          .whereIn("state", ["intent", "unknown"])
          .where("change_key", ">=", CREATES.from)
          .where("change_key", "<", CREATES.to)
          .whereNotIn("user_id", reader("links").select("user_id"))
          .limit(1)
          .select("id");
        return open.length > 0;
      }),
  };
}

async function* entriesOf(reader: Knex, run: string): AsyncGenerator<readonly JournalEntry[], void, void> {
  for await (const rows of rowsOfRun(reader, run, 1)) yield rows.map(fromEntryRow);
}

/** So many entries of a run, from those behind a place on. */
async function entriesAfter(
  reader: Knex,
  run: string,
  { place, limit }: { readonly place: number | null; readonly limit: number },
): Promise<readonly Placed<JournalEntry>[]> {
  const found: Placed<JournalEntry>[] = [];
  for await (const rows of rowsOfRun(reader, run, (place ?? 0) + 1)) {
    const wanted = rows.slice(0, limit - found.length);
    found.push(...wanted.map((row) => ({ item: fromEntryRow(row), place: row.sequence })));
    if (found.length >= limit) break;
  }
  return found;
}

/**
 * The rows of a run from a place on, oldest first. They stand close together, with few of others between them: they are read
 * by their places, since putting all of a large run in order for each page would cost more with each page.
 */
async function* rowsOfRun(
  reader: Knex,
  run: string,
  begin: number,
): AsyncGenerator<readonly Sequenced<EntryRow>[], void, void> {
  const [range] = await reading(() =>
    reader("journal")
      .where({ run })
      .select<{ first: number | null; last: number | null }[]>(
        reader.raw("min(sequence) as first"),
        reader.raw("max(sequence) as last"),
      ),
  );
  const last = range?.last ?? 0;
  for (let from = Math.max(begin, range?.first ?? 1); from <= last; from += PAGE) {
    const to = Math.min(last, from + PAGE - 1);
    const rows = await reading(() =>
      reader<Sequenced<EntryRow>>("journal").whereBetween("sequence", [from, to]).orderBy("sequence").select(),
    );
    const own = rows.filter((row) => row.run === run);
    if (own.length > 0) yield own;
  }
}

/** A change counts from when it was confirmed; while nobody knows, from when it was meant; never, once it certainly was not made. */
function spentAt(entry: JournalEntry): Instant | null {
  switch (entry.state) {
    case "changed":
      return entry.settledAt ?? entry.intendedAt;
    case "intent":
    case "unknown":
      return entry.intendedAt;
    case "already-so":
    case "failed":
      return null;
  }
}

function toEntryRow(entry: JournalEntry): EntryRow {
  return {
    id: entry.id,
    run: entry.run,
    user_id: entry.user,
    change_key: entry.key,
    change: JSON.stringify(entry.change),
    limit_name: entry.limit,
    state: entry.state,
    intended_at: entry.intendedAt,
    settled_at: entry.settledAt,
    error: entry.error,
    spent_at: spentAt(entry),
    elapsed_ms: entry.elapsedMs,
    spent_elapsed_ms: spentAt(entry) === null ? null : entry.elapsedMs,
  };
}

function fromEntryRow(row: EntryRow): JournalEntry {
  return {
    id: row.id,
    run: row.run,
    user: row.user_id as DirectoryUserId | null,
    key: row.change_key,
    change: JSON.parse(row.change) as Change,
    limit: row.limit_name as LimitName | null,
    state: row.state as JournalEntry["state"],
    intendedAt: row.intended_at as Instant,
    settledAt: row.settled_at as Instant | null,
    elapsedMs: row.elapsed_ms,
    error: row.error,
  };
}
