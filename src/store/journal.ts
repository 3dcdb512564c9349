import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { ZERO_COUNTS, type LimitCounts, type LimitName, type PlanDigest } from "../domain/plan.ts";
import type { Journal, RunOutcome, RunRecord, RunTrigger, TimeAnchor } from "../ports/journal.ts";
import { createEntries, type EntryRow, type Sequenced } from "./journal-entries.ts";
import { underLease } from "./leases.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

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
interface AnchorRow {
  readonly id: number;
  readonly elapsed_ms: number;
  readonly wall: string;
  readonly uptime_ms: number;
  readonly boot: string | null;
}

/** Runs that are looked through for the last one that ended well: no index serves that. */
const RUNS_BACK = 10_000;

/** Limits that count people who are shut out. */
const SHUTTING: readonly LimitName[] = ["deactivate", "delete"];

/** There is one time line. */
const ANCHOR = 1;

/** Runs and their journal as rows. */
export function createJournal(reader: Knex, queue: WriteQueue): Journal {
  return {
    ...createRuns(reader, queue),
    ...createEntries(reader, queue),
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

type Runs = Pick<
  Journal,
  "startRun" | "finishRun" | "runs" | "runsBefore" | "lastEnd" | "findRuns" | "closeInterrupted"
>;

function createRuns(reader: Knex, queue: WriteQueue): Runs {
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
    lastEnd: (lane, outcomes) =>
      reading(async () => {
        const [row] = await reader<RunRow>("runs")
          .whereRaw("sequence > (select max(sequence) from runs) - ?", [RUNS_BACK])
          .where({ lane })
          .whereIn("outcome", outcomes)
          .orderBy("sequence", "desc")
          .limit(1)
          .select("finished_at");
        return (row?.finished_at ?? null) as Instant | null;
      }),
    runsBefore: (place, limit) =>
      reading(async () => {
        const rows = await reader<Sequenced<RunRow>>("runs")
          .where((wanted) => void (place !== null && wanted.where("sequence", "<", place)))
          .orderBy("sequence", "desc")
          .limit(limit)
          .select();
        return rows.map((row) => ({ item: fromRunRow(row), place: row.sequence }));
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
  };
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

function toAnchorRow({ elapsedMs, wall, uptimeMs, boot }: TimeAnchor): AnchorRow {
  return { id: ANCHOR, elapsed_ms: elapsedMs, wall, uptime_ms: uptimeMs, boot };
}

function fromAnchorRow(row: AnchorRow): TimeAnchor {
  return { elapsedMs: row.elapsed_ms, wall: row.wall as Instant, uptimeMs: row.uptime_ms, boot: row.boot };
}
