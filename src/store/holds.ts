import type { Knex } from "knex";
import type { Seat } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { Hold, Waiting } from "../domain/plan.ts";
import type { HeldRecord, HeldSelection, Holds } from "../ports/holds.ts";
import type { Lease } from "../ports/leases.ts";
import { createApprovals } from "./approvals.ts";
import { insertRows, whereOneOf } from "./dialect.ts";
import { underLease } from "./leases.ts";
import { inPages } from "./pages.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

const ROWS_PER_UNIT = 1_000;

interface HeldRow {
  readonly sequence: number;
  readonly generation: number;
  readonly user_id: string;
  readonly label: string;
  readonly change_key: string;
  readonly hold: string;
  readonly detail: string;
}
interface WaitingRow {
  readonly user_id: string;
  readonly label: string;
  readonly seat: string;
  readonly place: number;
  readonly reason: string;
}

const HELD_COLUMNS = ["generation", "user_id", "label", "change_key", "hold", "detail"] as const;
/** Holds that follow from something else that is shown (another held change, the queue for seats), or need nobody. */
const DELAYED: Hold = "delayed";
const UNTOLD: readonly Hold[] = ["waits-for-held", "no-free-seat", DELAYED];
/** The ids of those of whom something is held and shown now, for a reason that is told; a select that can be narrowed. */
export const SHOWN_HELD = `select held.user_id from held
  where held.generation = (select value from counters where name = 'held_generation')
  and held.hold not in (${UNTOLD.map((hold) => `'${hold}'`).join(", ")})`;
const WAITING_COLUMNS = ["user_id", "label", "seat", "place", "reason"] as const;

/** What is held, who waits, and who may pass, as rows. */
export function createHolds(reader: Knex, queue: WriteQueue): Holds {
  return {
    ...createApprovals(reader, queue),
    recordHeld: (lease, people, held) =>
      people === null ? replaceAllHeld(queue, lease, held) : replaceHeldOf(queue, lease, people, held),
    held: (limit) => listHeld(reader, limit, (rows) => void rows.whereNotIn("hold", UNTOLD)),
    delayed: (limit) => listHeld(reader, limit, (rows) => void rows.where("hold", DELAYED)),
    heldOf: (user) =>
      reading(async () => {
        const rows = await reader<HeldRow>("held")
          .where("generation", shownGeneration(reader))
          .where({ user_id: user })
          .orderBy("sequence")
          .select();
        return rows.map(fromHeldRow);
      }),
    heldByReason: (of) =>
      reading(async () => {
        const rows = await reader<HeldRow>("held")
          .where("generation", shownGeneration(reader))
          .where((some) => {
            if (of === undefined) return;
            void some.whereIn("user_id", shownOf(reader, of).select("user_id"));
          })
          .groupBy("hold")
          .select("hold")
          .countDistinct({ people: "user_id" });
        return new Map(rows.map((row) => [row["hold"] as Hold, Number(row["people"])]));
      }),
    heldPeople: (kinds, reasons) =>
      reading(async () => {
        const [counted] = await shownOf(reader, { kinds, reasons }).countDistinct({ people: "user_id" });
        return Number(counted?.["people"] ?? 0);
      }),
    recordWaiting: (lease, waiting) =>
      queue.submit(async (unit) => {
        const db = await underLease(unit, lease);
        // A delete without a condition writes to the file even when there is nothing to delete.
        await db("waiting").where("sequence", ">=", 0).delete();
        const rows = waiting.map(({ user, label, seat, place, reason }) => [user, label, seat, place, reason]);
        await insertRows(db, "waiting", WAITING_COLUMNS, rows);
      }),
    waiting: () =>
      reading(async () => {
        const rows = await reader<WaitingRow>("waiting").orderBy("sequence").select();
        return rows.map(fromWaitingRow);
      }),
  };
}

const GENERATION = { name: "held_generation" };

function shownGeneration(db: Knex): Knex.QueryBuilder {
  return db("counters").select("value").where(GENERATION);
}

/** What is held and shown now of these kinds, for one of these reasons. */
function shownOf(db: Knex, { kinds, reasons }: HeldSelection) {
  return db<HeldRow>("held")
    .where("generation", shownGeneration(db))
    .whereIn("hold", reasons)
    .where((either) => {
      // A key begins with its kind (planning/change-key.ts).
      for (const kind of kinds) void either.orWhere("change_key", "like", `["${kind}",%`);
    });
}

/** The first of what is held and shown now, and how many there are. */
async function listHeld(
  reader: Knex,
  limit: number,
  narrow: (rows: Knex.QueryBuilder) => void,
): Promise<{ readonly total: number; readonly items: readonly HeldRecord[] }> {
  return reading(async () => {
    const shown = reader<HeldRow>("held").where("generation", shownGeneration(reader)).where(narrow);
    const [counted] = await shown.clone().count({ total: "*" });
    const rows = await shown.clone().orderBy("sequence").limit(limit).select();
    return { total: Number(counted?.["total"] ?? 0), items: rows.map(fromHeldRow) };
  });
}

/** Writes the new listing beside the one that is shown, as slowly as it comes, and then shows it instead. */
async function replaceAllHeld(queue: WriteQueue, lease: Lease, held: AsyncIterable<HeldRecord>): Promise<void> {
  const next = await queue.submit(async (unit) => {
    const db = await underLease(unit, lease);
    const [shown] = (await shownGeneration(db)) as { value: number }[];
    const generation = (shown?.value ?? 0) + 1;
    // What a run that was interrupted left behind.
    await db("held").where("generation", ">=", generation).delete();
    return generation;
  });
  for await (const page of inPages(held, ROWS_PER_UNIT)) {
    await queue.submit(async (unit) => insertHeld(await underLease(unit, lease), next, page));
  }
  await queue.submit(async (unit) => {
    const db = await underLease(unit, lease);
    await db("counters").where(GENERATION).update({ value: next });
    await db("held").where("generation", "<", next).delete();
  });
}

/** A few people, as one unit: what is held of them is read before the unit begins. */
async function replaceHeldOf(
  queue: WriteQueue,
  lease: Lease,
  people: readonly DirectoryUserId[],
  held: AsyncIterable<HeldRecord>,
): Promise<void> {
  const records = await Array.fromAsync(held);
  await queue.submit(async (unit) => {
    const db = await underLease(unit, lease);
    const [shown] = (await shownGeneration(db)) as { value: number }[];
    const generation = shown?.value ?? 0;
    // Also from a new listing that is being written, which knows less of them.
    await db("held")
      .whereIn("generation", [generation, generation + 1])
      .where(whereOneOf(db, "user_id", people))
      .delete();
    await insertHeld(db, generation, records);
  });
}

async function insertHeld(db: Knex, generation: number, records: readonly HeldRecord[]): Promise<void> {
  const rows = records.map(({ user, label, key, hold, detail }) => [generation, user, label, key, hold, detail]);
  await insertRows(db, "held", HELD_COLUMNS, rows);
}

function fromHeldRow(row: HeldRow): HeldRecord {
  return {
    user: row.user_id as DirectoryUserId,
    label: row.label,
    key: row.change_key,
    hold: row.hold as Hold,
    detail: row.detail,
  };
}

function fromWaitingRow(row: WaitingRow): Waiting {
  return {
    user: row.user_id as DirectoryUserId,
    label: row.label,
    seat: row.seat as Seat,
    place: row.place,
    reason: row.reason,
  };
}
