import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { ZERO_COUNTS, type Change, type LimitCounts, type LimitName, type PlanDigest } from "../domain/plan.ts";
import type { Journal, JournalEntry, RunOutcome, RunRecord, RunTrigger, TimeAnchor } from "../ports/journal.ts";
import { underLease } from "./leases.ts";
import { putLinks } from "./links.ts";
import { inLivesOf } from "./lives.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Entries per statement, where there may be many. */
const PAGE = 1_000;

interface RunRow {
  readonly id: string;
  readonly lane: string;
  readonly trigger: string;
  readonly epoch: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly outcome: string | null;
  readonly digest: string | null;
  readonly report: string;
}
interface EntryRow {
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
interface AnchorRow {
  readonly id: number;
  readonly elapsed_ms: number;
  readonly wall: string;
  readonly uptime_ms: number;
  readonly boot: string | null;
}

/** Keys of creates (planning/change-key.ts): a range, so that an index can serve it. */
const CREATES = { from: '["create-account",', to: '["create-account"-' } as const;

/** Limits that count people who are shut out. */
const SHUTTING: readonly LimitName[] = ["deactivate", "delete"];

/** There is one time line. */
const ANCHOR = 1;

/** Runs and their journal as rows. */
export function createJournal(reader: Knex, queue: WriteQueue): Journal {
  return {
    startRun: (lease, run, anchor) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db<RunRow>("runs").insert(toRunRow(run));
        if (anchor !== undefined)
          await db<AnchorRow>("time_anchor").insert(toAnchorRow(anchor)).onConflict("id").merge();
      }),
    finishRun: (lease, run) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const finished = await db<RunRow>("runs").where({ id: run.id }).update(toRunRow(run));
        if (finished === 0) throw new UnknownSubjectError(`Run ${run.id} was never started.`);
      }),
    runs: (limit) =>
      reading(async () => {
        const rows = await reader<RunRow>("runs").orderBy("sequence", "desc").limit(limit).select();
        return rows.map(fromRunRow);
      }),
    findRuns: (idPrefix, limit) =>
      reading(async () => {
        const rows = await reader<RunRow>("runs")
          .where("id", ">=", idPrefix)
          .where("id", "<", `${idPrefix}\u{10ffff}`)
          .orderBy("sequence", "desc")
          .limit(limit)
          .select();
        return rows.map(fromRunRow);
      }),
    closeInterrupted: (lease, now) =>
      queue.submit(async (unit) => closeInterrupted(await underLease(unit, lease), now)),
    ...createEntries(reader, queue),
    entriesOf: (run) => entriesOf(reader, run),
    spentSince: (elapsedMs) => reading(() => spentSince(reader, elapsedMs)),
    offboardedSince: (elapsedMs) =>
      reading(async () => {
        const [row] = await reader("journal")
          .join("links", "links.user_id", "journal.user_id")
          .where("journal.spent_elapsed_ms", ">=", elapsedMs)
          .whereIn("journal.limit_name", SHUTTING)
          .whereNotNull("links.offboarded_at")
          .countDistinct<{ total: number }[]>({ total: "journal.user_id" });
        return Number(row?.total ?? 0);
      }),
    timeAnchor: () =>
      reading(async () => {
        const [row] = await reader<AnchorRow>("time_anchor").where({ id: ANCHOR }).select();
        return row === undefined ? null : fromAnchorRow(row);
      }),
  };
}

/** What was meant and done, change by change. */
function createEntries(
  reader: Knex,
  queue: WriteQueue,
): Pick<Journal, "intend" | "settle" | "entries" | "hasOpenCreates"> {
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

/**
 * The entries of a run stand close together, with few of others between them: they are read by their places, since putting
 * all of a large run in order for each page would cost more with each page.
 */
async function* entriesOf(reader: Knex, run: string): AsyncGenerator<readonly JournalEntry[], void, void> {
  const [range] = await reading(() =>
    reader("journal")
      .where({ run })
      .select<{ first: number | null; last: number | null }[]>(
        reader.raw("min(sequence) as first"),
        reader.raw("max(sequence) as last"),
      ),
  );
  const last = range?.last ?? 0;
  for (let from = range?.first ?? 1; from <= last; from += PAGE) {
    const to = Math.min(last, from + PAGE - 1);
    const rows = await reading(() =>
      reader<EntryRow & { readonly sequence: number }>("journal")
        .whereBetween("sequence", [from, to])
        .orderBy("sequence")
        .select(),
    );
    const own = rows.filter((row) => row.run === run);
    if (own.length > 0) yield own.map(fromEntryRow);
  }
}

async function closeInterrupted(db: Knex, now: Instant): Promise<number> {
  const unfinished = db<RunRow>("runs").whereNull("finished_at");
  const runs = await unfinished.clone().select("id");
  for (const { id } of runs) {
    await db<EntryRow>("journal").where({ run: id, state: "intent" }).update({ state: "unknown" });
  }
  await unfinished.update({ finished_at: now, outcome: "interrupted" });
  return runs.length;
}

async function spentSince(reader: Knex, elapsedMs: number): Promise<LimitCounts> {
  const changes = reader<EntryRow>("journal")
    .distinct("limit_name", "user_id", "change_key")
    .whereNotNull("limit_name")
    .where("spent_elapsed_ms", ">=", elapsedMs);
  const rows = await reader
    .from(changes.as("changes"))
    .groupBy("limit_name")
    .select<{ limit_name: LimitName; total: number }[]>("limit_name", reader.raw("count(*) as total"));
  return { ...ZERO_COUNTS, ...Object.fromEntries(rows.map((row) => [row.limit_name, Number(row.total)])) };
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

function toRunRow(run: RunRecord): RunRow {
  return {
    id: run.id,
    lane: run.lane,
    trigger: run.trigger,
    epoch: run.epoch,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    outcome: run.outcome,
    digest: run.digest,
    report: JSON.stringify(run.report),
  };
}

function fromRunRow(row: RunRow): RunRecord {
  return {
    id: row.id,
    lane: row.lane as RunRecord["lane"],
    trigger: row.trigger as RunTrigger,
    epoch: row.epoch,
    startedAt: row.started_at as Instant,
    finishedAt: row.finished_at as Instant | null,
    outcome: row.outcome as RunOutcome | null,
    digest: row.digest as PlanDigest | null,
    report: JSON.parse(row.report) as JsonObject,
  };
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

function toAnchorRow({ elapsedMs, wall, uptimeMs, boot }: TimeAnchor): AnchorRow {
  return { id: ANCHOR, elapsed_ms: elapsedMs, wall, uptime_ms: uptimeMs, boot };
}

function fromAnchorRow(row: AnchorRow): TimeAnchor {
  return { elapsedMs: row.elapsed_ms, wall: row.wall as Instant, uptimeMs: row.uptime_ms, boot: row.boot };
}
