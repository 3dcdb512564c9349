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
  readonly woken: boolean;
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
    wake: (lease, users, now) =>
      queue.submit(async (unit) => {
        await underLease(unit, lease);
        for (const user of users) unit.wake({ user, reason: "changed", at: now, isNews: false });
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
    ...createFailures(reader, queue),
  };
}

type Deferring = Pick<Wakes, "defer" | "wakeDeferred" | "nextDeferred" | "deferred" | "forgetDeferred">;

/** People who are to be looked at later. */
function createDeferred(reader: Knex, queue: WriteQueue): Deferring {
  return {
    defer: (lease, user, reason, until) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const row: DeferredRow = { user_id: user, urgency: URGENCY[reason], due_at: until, woken: false };
        await db<DeferredRow>("deferred").insert(row).onConflict("user_id").merge();
      }),
    wakeDeferred: (lease, now) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        const due = db<DeferredRow>("deferred").where("woken", false).where("due_at", "<=", now);
        for (const { user_id, urgency, due_at } of await due.clone().select()) {
          const user = user_id as DirectoryUserId;
          unit.wake({ user, reason: reasonOf(urgency), at: due_at as Instant, isNews: false });
        }
        await due.update({ woken: true });
      }),
    nextDeferred: () =>
      reading(async () => {
        const waiting = reader<DeferredRow>("deferred").where("woken", false);
        const [row] = await waiting.orderBy("due_at").limit(1).select();
        return (row?.due_at ?? null) as Instant | null;
      }),
    deferred: () =>
      reading(async () => {
        const rows = await reader<DeferredRow>("deferred").orderBy("user_id").select();
        return new Map(rows.map(({ user_id, due_at }) => [user_id as DirectoryUserId, due_at as Instant]));
      }),
    forgetDeferred: (lease, users) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        await db("deferred")
          .where(whereOneOf(db, "user_id", users))
          .delete();
      }),
  };
}

type Failing = Pick<Wakes, "putFailure" | "clearFailures" | "failures" | "dueFailures">;

/** People whose last attempt failed. */
function createFailures(reader: Knex, queue: WriteQueue): Failing {
  return {
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
    failures: (users) =>
      reading(async () => {
        const rows = await reader<FailureRow>("failures")
          .where((wanted) => void (users !== undefined && wanted.where(whereOneOf(reader, "user_id", users))))
          .orderBy(["next_at", "user_id"])
          .select();
        return rows.map(fromFailureRow);
      }),
    dueFailures: (now) =>
      reading(async () => {
        const rows = await reader<FailureRow>("failures")
          .where("next_at", "<=", now)
          .orderBy(["next_at", "user_id"])
          .select();
        return rows.map(fromFailureRow);
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
