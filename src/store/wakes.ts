import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { WakeReason } from "../ports/directory-tx.ts";
import type { Failure, Wake, Wakes } from "../ports/wakes.ts";
import { whereOneOf } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Reasons by the order in which they are served. */
export const URGENCY: Readonly<Record<WakeReason, number>> = { leaver: 0, changed: 1 };

interface WakeRow {
  readonly user_id: string;
  readonly urgency: number;
  readonly since: string;
  readonly sequence: number;
}
interface DeferredRow {
  readonly user_id: string;
  readonly urgency: number;
  readonly due_at: string;
}
interface FailureRow {
  readonly user_id: string;
  readonly attempts: number;
  readonly next_at: string;
  readonly code: string;
  readonly message: string;
}

/** Wake-ups and failures as rows. */
export function createWakes(reader: Knex, queue: WriteQueue): Wakes {
  return {
    due: (now, limit, reason) =>
      reading(async () => {
        const rows = await reader<WakeRow>("wakes")
          .leftJoin("failures", "failures.user_id", "wakes.user_id")
          .where((due) => void due.whereNull("failures.next_at").orWhere("failures.next_at", "<=", now))
          .where((wanted) => void (reason !== undefined && wanted.where("wakes.urgency", URGENCY[reason])))
          .orderBy(["wakes.urgency", "wakes.since", "wakes.sequence"])
          .limit(limit)
          .select<WakeRow[]>("wakes.*");
        return rows.map(fromWakeRow);
      }),
    count: () =>
      reading(async () => {
        const [row] = await reader("wakes").count({ total: "*" });
        return Number(row?.["total"] ?? 0);
      }),
    // A sequence is given once: a wake-up that came meanwhile has another one and stays.
    clear: (lease, wakes) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db("wakes")
          .where(
            whereOneOf(
              db,
              "sequence",
              wakes.map(({ sequence }) => sequence),
            ),
          )
          .delete();
      }),
    ...createDeferred(reader, queue),
    putFailure: (lease, { user, attempts, nextAt, code, message }) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const row: FailureRow = { user_id: user, attempts, next_at: nextAt, code, message };
        await db<FailureRow>("failures").insert(row).onConflict("user_id").merge();
      }),
    clearFailures: (lease, users) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db("failures")
          .where(whereOneOf(db, "user_id", users))
          .delete();
      }),
    failures: () =>
      reading(async () => {
        const rows = await reader<FailureRow>("failures").orderBy(["next_at", "user_id"]).select();
        return rows.map(fromFailureRow);
      }),
  };
}

/** People who are to be looked at later. */
function createDeferred(reader: Knex, queue: WriteQueue): Pick<Wakes, "defer" | "wakeDeferred" | "nextDeferred"> {
  return {
    defer: (lease, user, reason, until) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const row: DeferredRow = { user_id: user, urgency: URGENCY[reason], due_at: until };
        await db<DeferredRow>("deferred").insert(row).onConflict("user_id").merge();
      }),
    wakeDeferred: (lease, now) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const due = db<DeferredRow>("deferred").where("due_at", "<=", now);
        for (const { user_id, urgency, due_at } of await due.clone().select()) {
          unit.wake({ user: user_id as DirectoryUserId, reason: reasonOf(urgency), at: due_at as Instant });
        }
        await due.delete();
      }),
    nextDeferred: () =>
      reading(async () => {
        const [row] = await reader<DeferredRow>("deferred").orderBy("due_at").limit(1).select();
        return (row?.due_at ?? null) as Instant | null;
      }),
  };
}

function fromWakeRow(row: WakeRow): Wake {
  return {
    user: row.user_id as DirectoryUserId,
    reason: reasonOf(row.urgency),
    since: row.since as Instant,
    sequence: row.sequence,
  };
}

function reasonOf(urgency: number): WakeReason {
  return urgency === URGENCY.leaver ? "leaver" : "changed";
}

function fromFailureRow(row: FailureRow): Failure {
  return {
    user: row.user_id as DirectoryUserId,
    attempts: row.attempts,
    nextAt: row.next_at as Instant,
    code: row.code,
    message: row.message,
  };
}
